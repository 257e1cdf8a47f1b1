/**
 * The draft of the room that is open: kept on this device within 300 ms, handed to the person's other
 * devices when the typing pauses, and taken over from them while nothing has been typed here. What
 * two devices wrote at the same time is decided by the server, which keeps both texts.
 */
import type { MessageId } from '../../../protocol/ids.ts';
import type { Draft, Live, SharedDraft } from '../../../state/client-types.ts';
import { DraftKeeper } from './draft-keeper.ts';

/** Ms without typing after which the other devices are told. */
export const SHARE_AFTER = 1500;
/**
 * Ms after the last key press during which nothing takes the place of what is written, though it has been
 * handed over: another tab or device may just be clearing a text of its own.
 */
export const HANDS_OFF = 4000;

/** What stands in the composer. */
export interface Written {
	body: string;
	reply: MessageId | null;
}

export interface DraftPorts {
	load(): Promise<Draft | null>;
	/** An empty text removes it. */
	save(draft: Omit<Draft, 'at' | 'room'>): Promise<void>;
	/** Hands a text to the other devices; `base`: rev of the one it builds on. */
	share(written: Written, base: number): Promise<void>;
	/** Whether this has just been said: its draft is a left-over. */
	isSaid(body: string): boolean;
	/** Another device's text is to be shown in the place of one's own, which has nothing new. */
	adopt(written: Written): void;
	/** Another device's text that was written at the same time, or null. */
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
	/** all texts handed over by this session: they are no other device's */
	readonly #given = new Set<string>();
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
			this.#base = kept.base ?? 0;
			this.#known = kept.sent === undefined ? EMPTY : { ...this.#written, body: kept.sent };
			this.#ports.adopt(this.#written);
		}
		if (this.#shared) this.hear(this.#shared);
		if (this.#isTouched) this.#shareLater();
	}

	/** Opens it, and goes on until the answer is called; what is waiting is then kept and handed over. */
	follow(shared: Live<SharedDraft>): () => void {
		void this.open();
		const unfollow = shared.subscribe((now) => this.hear(now));
		const flush = (): void => {
			if (document.visibilityState === 'hidden') void this.flush();
		};
		document.addEventListener('visibilitychange', flush);
		window.addEventListener('pagehide', flush);
		return () => {
			unfollow();
			document.removeEventListener('visibilitychange', flush);
			window.removeEventListener('pagehide', flush);
			void this.flush().then(() => this.stop());
		};
	}

	/** To be told of every change made here. */
	change(written: Written): void {
		this.#written = written;
		this.#typedAt = performance.now();
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
			void this.#share();
			return;
		}
		// What this device builds on already, or what has not come yet, says nothing new.
		const isNews = shared.queued || shared.rev > this.#base;
		if (same(theirs, this.#known)) this.#base = Math.max(this.#base, shared.rev);
		else if (isNews && (same(theirs, this.#written) || !this.#isTouched)) {
			if (same(theirs, this.#written) || this.#written.body === '' || !this.#isBusy) {
				this.#take(theirs, shared.rev);
			} else this.#hearAgain();
		}
		this.#hearOther(shared);
		if (this.#isTouched && this.#timer === null) this.#shareLater();
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

	#hearOther({ body, other, rev }: SharedDraft): void {
		const texts = other === null ? [] : [body, ...other.split('\n\n')];
		// An answer that got lost can make a device's own older text look like another one's.
		const isOwn = texts.length > 0 && texts.every((text) => this.#given.has(text));
		if (isOwn) void this.#handOver(this.#written, rev);
		else this.#ports.other(other);
	}

	#take(theirs: Written, rev: number): void {
		const isNew = !same(theirs, this.#written);
		this.#written = this.#known = theirs;
		this.#base = rev;
		this.#keeper.change(theirs);
		if (isNew) this.#ports.adopt(theirs);
	}

	/** What becomes of the text that another device wrote at the same time. */
	resolve(written: Written): void {
		this.#written = written;
		this.#base = this.#shared?.rev ?? this.#base;
		this.#keeper.change(written);
		void this.#handOver(written, this.#base);
	}

	/** The text was sent: there is no draft any more. */
	drop(): void {
		this.#keeper.drop();
		this.#written = EMPTY;
		void this.#share();
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
		this.#known = written;
		if (written.body !== '') this.#given.add(written.body);
		try {
			await this.#ports.share(written, base);
			if (this.#written.body !== '') await this.#save(this.#written);
		} catch (error) {
			this.#ports.failed(error);
		}
	}

	#save({ body, reply }: Written): Promise<void> {
		return this.#ports.save({
			body,
			...(reply === null ? {} : { reply }),
			base: this.#base,
			sent: this.#known.body
		});
	}
}
