/** Where a conversation opens, and the way back to where the reader was before they jumped. */
import { untrack } from 'svelte';
import { pushState, replaceState } from '$app/navigation';
import { page } from '$app/state';
import type { RoomId } from '../../protocol/ids.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type {
	Client,
	OpensAt,
	ReadingPlace,
	TimelineSource,
	TimelineView
} from '../../state/client/client-types.ts';
import { cameBack } from '../shell/came-back.ts';

/**
 * ms after the first look at a conversation after which it opens at its end: the device always comes to a message that
 * it knows of, but it may have been put back behind it.
 */
const GIVE_UP_AFTER = 3_000;

/** Unread messages that may not all be on the newest page: notes and what was recalled stand among them. */
const MANY = LIMITS.pageMessages / 2;

interface Unread {
	/** unread messages, and the seq up to which was read */
	unread: number;
	read: number;
}

type Places = Pick<Client['messages'], 'readingPlace'>;

/** Where the reader left a conversation; null: it opens at its end, at what is unread, or where the link leads. */
function leftAt(messages: Places, room: RoomId, target: number | null, { unread }: Unread) {
	// What is unread comes first, unless the reader goes back to where they were.
	const leads = !cameBack() && (target !== null || unread > 0);
	return leads ? null : messages.readingPlace(room);
}

/**
 * The first unread message where the newest page would not have it. Not when so many are unread that the device has
 * skipped to the newest: those are what is wanted at once (complaint 8).
 */
function firstOfMany(target: number | null, { unread, read }: Unread): number | null {
	const isMany = unread >= MANY && unread < LIMITS.unreadMax;
	return isMany && target === null ? read + 1 : null;
}

/**
 * The seq around which a conversation opens.
 * @param target seq that a link leads to, or null
 */
export function opensAt(messages: Places, room: RoomId, target: number | null): OpensAt {
	return (state) => leftAt(messages, room, target, state)?.seq ?? firstOfMany(target, state);
}

interface List {
	place(): ReadingPlace | null;
	resume(place: ReadingPlace | null): void;
	jump(seq: number): void;
}

interface Parts {
	messages: Pick<Client['messages'], 'readingPlace' | 'keepReadingPlace'>;
	room: RoomId;
	/** opened as `opensAt` says */
	source: Pick<TimelineSource, 'toSeq' | 'toNewest'>;
	view: () => TimelineView | undefined;
	list: () => List | null;
	/** seq that a link leads to, or null */
	target: () => number | null;
	/** when it is opened */
	unread: () => Unread;
}

export class PlaceInRoom {
	readonly #parts: Parts;
	/** where the reader left the conversation; null: it opens at its end, or where the link leads */
	readonly start: ReadingPlace | null;
	/** the seq around which the conversation opens, until it is there; null: it may be anywhere */
	#awaited = $state<number | null>(null);
	/** Whether the list can be shown: until then it would stand elsewhere for a moment. */
	readonly isReady = $derived.by(
		() => this.#awaited === null || this.#parts.view()?.around === this.#awaited
	);

	/** To be made while a component is; `room` is fixed for it. */
	constructor(parts: Parts) {
		this.#parts = parts;
		const { messages, room } = parts;
		const [target, state] = untrack(() => [parts.target(), parts.unread()] as const);
		this.start = leftAt(messages, room, target, state);
		const seq = this.start?.seq ?? firstOfMany(target, state);
		this.#awaited = seq;
		this.#openAt(seq);
		$effect.pre(() => {
			// Once there the reader may go anywhere.
			if (this.#awaited !== null && parts.view()?.around === this.#awaited) this.#awaited = null;
		});
		$effect(() => {
			const seq = parts.target();
			if (!parts.list() || seq === null || (this.start && cameBack())) return;
			untrack(() => parts.list()?.jump(seq));
		});
		this.#followWayBack();
	}

	/** Goes to a message; the way back leads to where the reader is now. */
	readonly jump = (seq: number): void => {
		const list = this.#parts.list();
		if (!list) return;
		const at = list.place();
		replaceState('', { ...page.state, place: { room: this.#parts.room, at } });
		pushState('', {});
		list.jump(seq);
	};

	readonly leave = (place: ReadingPlace | null): void => {
		this.#parts.messages.keepReadingPlace(this.#parts.room, place);
	};

	/** The device has opened it there by what it knew a moment ago; that may have changed. */
	#openAt(seq: number | null): void {
		const { source, view } = this.#parts;
		const isHere = $derived(view() !== undefined);
		$effect.pre(() => {
			if (!isHere || untrack(() => view()?.around === seq)) return;
			if (seq === null) return source.toNewest();
			source.toSeq(seq);
			const timer = setTimeout(() => (this.#awaited = null), GIVE_UP_AFTER);
			return () => clearTimeout(timer);
		});
	}

	#followWayBack(): void {
		// Where the conversation opens is said by `start`.
		let isFirst = true;
		// Compared by value: what opens on top of the page makes an entry of its own with the same place.
		const noted = $derived(JSON.stringify(page.state.place ?? null));
		$effect(() => {
			const place = JSON.parse(noted) as App.PageState['place'] | null;
			untrack(() => {
				if (!isFirst && place?.room === this.#parts.room) this.#parts.list()?.resume(place.at);
				isFirst = false;
			});
		});
	}
}
