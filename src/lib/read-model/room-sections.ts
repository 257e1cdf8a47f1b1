/**
 * Pinned and archived conversations, and the sections in which the list shows them. Pinned and archived are preferences
 * (the act "pref.set"), and so the same on all devices of the person. Pure.
 */
import type { RoomId } from '../protocol/ids.ts';
import type { RoomItem } from './views.ts';

/** Its value: a number by which pinned conversations are ordered, ascending. */
export const prefPinned = (room: RoomId): string => `pinned:${room}`;
/** Its value: the seq up to which things had been said when it was archived. */
export const prefArchived = (room: RoomId): string => `archived:${room}`;

type Prefs = ReadonlyMap<string, string>;
/** What of a conversation decides whether something new was said there. */
export type Said = Pick<RoomItem, 'id' | 'upto' | 'last'>;

/** Preferences are texts that any device may write: what makes no sense counts as not chosen. */
function seqOf(value: string | undefined): number | null {
	return value !== undefined && /^\d{1,15}$/u.test(value) ? Number(value) : null;
}

/** Where a conversation stands among the pinned ones; null: it is not pinned. */
export const pinnedAt = (room: RoomId, prefs: Prefs): number | null =>
	seqOf(prefs.get(prefPinned(room)));

/** The order of the one that is pinned next: after all others, which stay where they are. */
export function nextPinned(prefs: Prefs): number {
	let last = 0;
	for (const [key, value] of prefs) {
		if (key.startsWith(prefPinned(''))) last = Math.max(last, seqOf(value) ?? 0);
	}
	return last + 1;
}

/** The seq up to which others may have said something; what of one's own still waits has none. */
const saidUpTo = ({ last, upto }: Said): number => (last === null ? 0 : (last.seq ?? upto));

/** What `prefArchived` gets when the conversation is archived now: nothing that is not known yet. */
export const archivedNow = (room: Said): number => room.upto;

/**
 * Whether a conversation is out of the list. It comes back by itself when something new is said there, unless the person
 * wants to hear nothing of it.
 */
export function isArchived(room: Said, prefs: Prefs, silenced: boolean): boolean {
	const upto = seqOf(prefs.get(prefArchived(room.id)));
	return upto !== null && (silenced || saidUpTo(room) <= upto);
}

export const SECTIONS = ['pinned', 'direct', 'rooms', 'muted', 'archived'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** "recent": in which something happened last; "unread": the same, but first what has something unread. */
export type RoomSort = 'recent' | 'unread';

export interface RoomSection {
	name: SectionName;
	/** at least one */
	rooms: RoomItem[];
}

function sectionOf(room: RoomItem, prefs: Prefs, silenced: boolean): SectionName {
	if (isArchived(room, prefs, silenced)) return 'archived';
	if (pinnedAt(room.id, prefs) !== null) return 'pinned';
	if (silenced) return 'muted';
	return room.direct ? 'direct' : 'rooms';
}

/** A conversation of two that was only opened is not worth a line, unless something waits in it. */
export const isListed = (room: RoomItem, current: RoomId | null): boolean =>
	!room.direct ||
	room.id === current ||
	room.draft ||
	room.queued + room.needsYou > 0 ||
	(room.last !== null && room.last.note === null);

/**
 * The sections that have something in them, as they are shown from above.
 * @param rooms the most recent first
 * @param silenced those of which the person wants to hear nothing
 */
export function roomSections(
	rooms: readonly RoomItem[],
	prefs: Prefs,
	silenced: ReadonlySet<RoomId>,
	sort: RoomSort
): RoomSection[] {
	const sections = new Map<SectionName, RoomItem[]>(SECTIONS.map((name) => [name, []]));
	for (const room of rooms) {
		sections.get(sectionOf(room, prefs, silenced.has(room.id)))!.push(room);
	}
	const order = ({ id }: RoomItem): number => pinnedAt(id, prefs) ?? 0;
	const isRead = ({ unread }: RoomItem): number => Number(unread === 0);
	for (const [name, inside] of sections) {
		// Those pinned at the same time on two devices are in the same order on both.
		if (name === 'pinned') inside.sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1));
		else if (sort === 'unread') inside.sort((a, b) => isRead(a) - isRead(b));
	}
	return [...sections].flatMap(([name, inside]) =>
		inside.length > 0 ? [{ name, rooms: inside }] : []
	);
}
