/**
 * The draft of the room that is open: kept on this device within 300 ms, handed to the person's other
 * devices when the typing pauses, and taken over from them while nothing has been typed here. Of what was
 * written in two places at the same time the server and the device keep both texts; words that were typed
 * here stay in the field, and the others are shown above it.
 */
import type {
	Draft,
	LastWords,
	Live,
	SharedDraft,
	Written
} from '../../../state/client/client-types.ts';
import { foreignTexts, textsOf } from '../../../protocol/draft-texts.ts';
import { readOnce } from '../../base/read-once.ts';
import { DraftKeeper } from './draft-keeper.ts';
import { OwnTexts } from './own-texts.ts';

/** Ms without typing after which the other devices are told. */
export const SHARE_AFTER = 1500;
/**
 * Ms after the last key press during which nothing takes the place of what is written, though it has been
 * handed over: another tab or device may just be clearing a text of its own.
 */
export const HANDS_OFF = 4000;

export type { Written };

export interface DraftPorts {
	load(): Promise<Draft | null>;
	/** An empty text removes it. */
	save(draft: Omit<Draft, 'at' | 'room'>): Promise<void>;
	/** Keeps it at once, in a window that may have no time for `save`; null: it is saved. */
	keepAtOnce(words: Omit<LastWords, 'at'> | null): void;
	/** Hands a text to the other devices; `base`: rev of the one it builds on. */
	share(written: Written, base: number): Promise<void>;
	/** Whether this has just been said: its draft is a left-over. */
	isSaid(body: string): boolean;
	/** Whether the field is being written in: it then keeps what it has. */
	isFocused(): boolean;
	/** Another device's text is to be shown in the place of one's own, which has nothing new. */
	adopt(written: Written): void;
	/** What was written elsewhere at the same time, or null. */
	other(text: string | null): void;
	failed(error: unknown): void;
}

const EMPTY: Written = { body: '', reply: null };
const same = (a: Written, b: Written): boolean => a.body === b.body && a.reply === b.reply;

export class DraftSession {
	readonly #ports: DraftPorts;
	readonly #keeper: DraftKeeper<Written>;
	#written: Written = EMPTY;
	/** what the other devices have, as far as this one knows: handed over by it, or taken from them */
	#known: Written = EMPTY;
	#base = 0;
	#shared: SharedDraft | null = null;
	readonly #own = new OwnTexts();
	/** what stands in the field was typed here, not taken over */
	#isTyped = false;
	/** the server has had what was handed over: whoever writes over it has seen it */
	#isOnServer = false;
	/** what is shown as written elsewhere */
	#shownOther: string | null = null;
	/** what this device was last asked to keep of it */
	#kept = '';
	#loaded = false;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#typedAt = -Infinity;
	#again: ReturnType<typeof setTimeout> | null = null;

	constructor(ports: DraftPorts) {
		this.#ports = ports;
		this.#keeper = new DraftKeeper((written) => this.#save(written), ports.failed);
	}

	get #isTouched(): boolean {
		return !same(this.#written, this.#known);
	}

	/** Reads what was kept; whatever was typed before that is right. */
	async open(): Promise<void> {
		const kept = await this.#ports.load();
		if (this.#loaded) return;
		this.#loaded = true;
		if (kept && !this.#isTouched) {
			this.#written = { body: kept.body, reply: kept.reply ?? null };
			this.#own.add(kept.body, true);
			this.#kept = kept.body;
			if (kept.body !== '') this.#keeper.change(this.#written);
			this.#base = kept.base ?? 0;
			this.#known = kept.sent === undefined ? EMPTY : { ...this.#written, body: kept.sent };
			this.#ports.adopt(this.#written);
		}
		if (this.#shared) this.hear(this.#shared);
		if (this.#isTouched) this.#shareLater();
	}

	/** Opens it, and goes on until the answer is called; what is waiting is then kept and handed over. */
	follow(shared: Live<SharedDraft>): () => void {
		const endOpening = readOnce(
			() => this.open(),
			() => undefined,
			this.#ports.failed
		);
		const unfollow = shared.subscribe((now) => this.hear(now));
		const flush = (): void => {
			if (document.visibilityState === 'hidden') void this.#leave();
		};
		const release = (): void => this.#release();
		document.addEventListener('visibilitychange', flush);
		window.addEventListener('pagehide', flush);
		window.addEventListener('blur', release);
		return () => {
			endOpening();
			unfollow();
			document.removeEventListener('visibilitychange', flush);
			window.removeEventListener('pagehide', flush);
			window.removeEventListener('blur', release);
			void this.flush().then(() => this.stop());
		};
	}

	/** To be told of every change made here. */
	change(written: Written): void {
		this.#written = written;
		this.#typedAt = performance.now();
		this.#isTyped = written.body !== '';
		this.#keeper.change(written);
		this.#shareLater();
	}

	/** To be told of what the devices share, at first and after every change. */
	hear(shared: SharedDraft): void {
		this.#shared = shared;
		if (!this.#loaded) return;
		const theirs: Written = { body: shared.body, reply: shared.reply };
		const isSaid = shared.said || this.#ports.isSaid(theirs.body);
		if (theirs.body !== '' && isSaid && this.#written.body === '') {
			// Sent by this device or another one before its draft was cleared.
			this.#known = theirs;
			this.#base = shared.rev;
			this.#goOnWith(textsOf(shared.other));
			void this.#share();
			return;
		}
		const isTaken = this.#takeIn(theirs, shared);
		this.#hearOther(shared, isTaken ? [] : [theirs.body]);
		this.#keepAgain(shared);
		if (this.#isTouched && this.#timer === null) this.#shareLater();
	}

	/** The window goes away, perhaps for good: browsers give a database no time to end what is begun now. */
	async #leave(): Promise<void> {
		const left = this.#written;
		// A text that is kept, or was only taken over, is nowhere lost.
		const isOwn = this.#isTyped || left.body === '';
		if (isOwn && !this.#keeper.isSaved) this.#ports.keepAtOnce({ ...left, over: this.#kept });
		await this.flush();
		if (this.#keeper.isSaved) this.#ports.keepAtOnce(null);
	}

	/** The person has gone to another window: what had to wait for that may come. */
	#release(): void {
		if (this.#shared) this.hear(this.#shared);
	}

	/** @returns whether nothing is left of it to be shown beside what stands here */
	#takeIn(theirs: Written, shared: SharedDraft): boolean {
		// What this device builds on already, or what has not come yet, says nothing new.
		const isNews = shared.queued || shared.rev > this.#base;
		if (same(theirs, this.#known)) {
			this.#base = Math.max(this.#base, shared.rev);
			this.#isOnServer ||= !shared.queued;
		} else if (isNews && same(theirs, this.#written)) this.#take(theirs, shared.rev);
		else if (isNews && !this.#own.hasTyped(theirs.body)) {
			if (this.#isTouched || !this.#mayReplace(theirs, shared)) return theirs.body === '';
			if (this.#written.body !== '' && this.#isBusy) this.#hearAgain();
			else this.#take(theirs, shared.rev, !shared.queued);
		}
		return true;
	}

	/** Whether nothing that was typed here, and no field under the person's hands, is lost by it. */
	#mayReplace(theirs: Written, { queued, other }: SharedDraft): boolean {
		const { body } = this.#written;
		if (body === '' || !this.#isTyped) return true;
		if (theirs.body.startsWith(body)) return true;
		// An empty one was sent, or thrown away.
		const isSeen =
			this.#isOnServer && !queued && !textsOf(other).some((text) => body.includes(text));
		return isSeen && (theirs.body === '' || !this.#ports.isFocused());
	}

	/** Somebody is writing here right now. */
	get #isBusy(): boolean {
		return performance.now() - this.#typedAt < HANDS_OFF;
	}

	/** What is shared is looked at once more when nobody writes here any longer. */
	#hearAgain(): void {
		this.#again ??= setTimeout(() => {
			this.#again = null;
			if (this.#shared) this.hear(this.#shared);
		}, HANDS_OFF);
	}

	#hearOther({ other, rev, kept }: SharedDraft, notTaken: readonly string[]): void {
		const { body } = this.#written;
		// Another tab that goes on with what stands here will be followed.
		const beside = kept.filter((text) => !text.startsWith(body) && !this.#own.hasShown(text));
		this.#showOther([...notTaken, ...textsOf(other), ...(body === '' ? [] : beside)]);
		// An answer that got lost can make a device's own older text look like another one's.
		if (other !== null && this.#shownOther === null) void this.#handOver(this.#written, rev);
	}

	#showOther(texts: readonly string[]): void {
		this.#shownOther = foreignTexts(texts, this.#written.body, this.#own.hasTyped);
		this.#ports.other(this.#shownOther);
	}

	/** Two tabs that kept something in the same moment: what was typed here is kept once more. */
	#keepAgain({ kept }: SharedDraft): void {
		const { body } = this.#written;
		const isKept = kept.some((text) => text.includes(body));
		if (this.#isTyped && !isKept && this.#keeper.isIdle) this.#keeper.change(this.#written);
	}

	/** What stands here was sent: what was written elsewhere comes into its place. */
	#goOnWith(others: readonly string[]): void {
		const body = foreignTexts(others, '', this.#own.hasTyped) ?? '';
		this.#written = { body, reply: null };
		this.#isTyped = false;
		this.#own.add(body, false);
		this.#showOther([]);
		if (body !== '') this.#ports.adopt(this.#written);
	}

	/** @param isToKeep whether this device does not have it yet */
	#take(theirs: Written, rev: number, isToKeep = true): void {
		const isNew = !same(theirs, this.#written);
		this.#written = this.#known = theirs;
		this.#base = rev;
		if (isNew) this.#isTyped = false;
		this.#own.add(theirs.body, !isNew);
		if (isToKeep) this.#keeper.change(theirs);
		if (isNew) this.#ports.adopt(theirs);
	}

	/** What becomes of the text that another device wrote at the same time. */
	resolve(written: Written): void {
		this.#written = written;
		this.#own.add(this.#shownOther ?? '', true);
		this.#showOther([]);
		this.#base = this.#shared?.rev ?? this.#base;
		this.#keeper.change(written);
		void this.#handOver(written, this.#base);
	}

	/** The text was sent: there is no draft any more. */
	drop(): void {
		this.#keeper.drop();
		this.#goOnWith(textsOf(this.#shownOther));
		void this.#share();
	}

	/** The text that was sent is in the outbox: this device need not keep it as a draft any longer. */
	async sent(): Promise<void> {
		try {
			await this.#save(this.#written);
		} catch (error) {
			this.#ports.failed(error);
		}
	}

	/** Keeps and hands over now what is waiting: the window goes away, or another room is opened. */
	async flush(): Promise<void> {
		await this.#keeper.flush();
		await this.#share();
	}

	/** Like `flush`, but rejects when this device could not keep what is written; others are told in their time. */
	async keep(): Promise<void> {
		await this.#keeper.keep();
		void this.#share();
	}

	stop(): void {
		if (this.#again !== null) clearTimeout(this.#again);
		this.#again = null;
		this.#stopSharing();
	}

	#stopSharing(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#shareLater(): void {
		this.#stopSharing();
		this.#timer = setTimeout(() => void this.#share(), SHARE_AFTER);
	}

	async #share(): Promise<void> {
		this.#stopSharing();
		// One at a time: the next one builds on what the one before comes to. hear() goes on from there.
		if (!this.#loaded || !this.#isTouched || this.#shared?.underWay) return;
		await this.#handOver(this.#written, this.#base);
	}

	async #handOver(written: Written, base: number): Promise<void> {
		this.#isOnServer = false;
		this.#known = written;
		this.#own.add(written.body, this.#isTyped);
		try {
			await this.#ports.share(written, base);
			if (this.#written.body !== '') await this.#save(this.#written);
		} catch (error) {
			this.#ports.failed(error);
		}
	}

	#save({ body, reply }: Written): Promise<void> {
		this.#own.add(body, this.#isTyped);
		this.#kept = body;
		// One write and nothing read before: a window that goes away has no time for more.
		const others = foreignTexts(this.#shared?.kept ?? [], body, this.#own.hasShown);
		if (body === '') return this.#ports.save({ body: others ?? '' });
		const answered = reply === null ? {} : { reply };
		const beside = others === null ? {} : { other: others };
		const state = { base: this.#base, sent: this.#known.body };
		return this.#ports.save({ body, ...answered, ...state, ...beside });
	}
}
