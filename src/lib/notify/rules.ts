/**
 * Whether somebody wants to be told of a message. One set of rules for the server, which pushes to devices
 * with no page open, and for pages, which tell by themselves. Pure.
 */
import * as v from 'valibot';
import { hasWord } from '../markup/words.ts';
import type { MessageRow } from '../protocol/change.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';

export const LEVELS = ['all', 'mentions', 'none'] as const;
const LevelValue = v.picklist(LEVELS);
export type Level = v.InferOutput<typeof LevelValue>;

const Time = v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/));
const QuietValue = v.object({ from: Time, to: Time, zone: v.string() });
/** Hours ("22:00") in which nothing is to ring, in the person's own zone (IANA name, such as "Asia/Shanghai"). */
export type Quiet = v.InferOutput<typeof QuietValue>;

const CallsFromValue = v.picklist(['everybody', 'friends']);
type CallsFrom = v.InferOutput<typeof CallsFromValue>;

const Words = v.array(v.string());

/** Keys of the preferences (see the act "pref.set"). */
export const PREF_KEYWORDS = 'keywords';
export const PREF_QUIET = 'quiet';
/** "true": no push carries what was said; the device asks for it by itself. */
export const PREF_HIDE_PREVIEW = 'hidePreview';
/** Who may let it ring here: "everybody" or "friends". */
export const PREF_CALLS_FROM = 'calls-from';
export const prefLevel = (room: RoomId): string => `level:${room}`;

/** What somebody has chosen, as preferences are kept: JSON, empty when not chosen. */
interface NotifyChoices {
	person: PersonId;
	/** of the room in question */
	level: string;
	keywords: string;
	quiet: string;
}

/** What of a room decides. */
interface NotifyRoom {
	direct: boolean;
	private: boolean;
}

function parsed<T>(json: string, schema: v.GenericSchema<unknown, T>): T | null {
	if (json === '') return null;
	try {
		const read = v.safeParse(schema, JSON.parse(json));
		return read.success ? read.output : null;
	} catch {
		// Preferences are texts that any device may write: what makes no sense counts as not chosen.
		return null;
	}
}

/** The level as it was chosen; null: it was not. @param json value of the preference */
export const chosenLevel = (json: string): Level | null => parsed(json, LevelValue);

/** Words that make a message meant for somebody. @param json value of the preference */
export const keywordsOf = (json: string): string[] => parsed(json, Words) ?? [];

/** The quiet hours; null: none. @param json value of the preference */
export const quietOf = (json: string): Quiet | null => parsed(json, QuietValue);

/** Whether pushes are to carry no words. @param json value of the preference */
export const hidesPreview = (json: string): boolean => parsed(json, v.boolean()) === true;

/** Whose calls ring, as it was chosen; null: it was not. @param json value of the preference */
export const callsFromOf = (json: string): CallsFrom | null => parsed(json, CallsFromValue);

/** Not chosen: everything of direct conversations and private rooms; of public rooms, what is meant for one. */
export function levelOf({ level }: Pick<NotifyChoices, 'level'>, room: NotifyRoom): Level {
	return chosenLevel(level) ?? (room.direct || room.private ? 'all' : 'mentions');
}

/** Zones whose clocks are kept: there are some 600, but each may be spelled in many ways. */
const CLOCKS_MAX = 200;
/** Made once for each zone: making one takes longer than all else that is decided here. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a zone that is not known */
function clockIn(zone: string): Intl.DateTimeFormat {
	const known = clocks.get(zone);
	if (known) return known;
	const shape = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
	const made = new Intl.DateTimeFormat('en-GB', { ...shape, timeZone: zone });
	if (clocks.size >= CLOCKS_MAX) clocks.clear();
	clocks.set(zone, made);
	return made;
}

/** Whether a moment (ms) lies in somebody's quiet hours. @param json value of the preference */
export function isQuietAt(json: string, now: number): boolean {
	const hours = quietOf(json);
	if (!hours || hours.from === hours.to) return false;
	let at: string;
	try {
		at = clockIn(hours.zone).format(now);
	} catch {
		// A zone that this machine does not know: better rung than missed.
		return false;
	}
	const { from, to } = hours;
	return from < to ? at >= from && at < to : at >= from || at < to;
}

/** Whether a message is meant for somebody: by name, as an answer, or by one of their words. */
export function isMeant(
	choices: Pick<NotifyChoices, 'person' | 'keywords'>,
	message: Pick<MessageRow, 'mentions' | 'body'>,
	answered: PersonId | null
): boolean {
	if (answered === choices.person) return true;
	if (message.mentions?.some(([, person]) => person === choices.person)) return true;
	return hasWord(message.body, keywordsOf(choices.keywords));
}

/** Whether somebody is to be told of a message now. @param now ms */
export function wants(
	choices: NotifyChoices,
	room: NotifyRoom,
	message: Pick<MessageRow, 'mentions' | 'body'>,
	answered: PersonId | null,
	now: number
): boolean {
	const level = levelOf(choices, room);
	if (level === 'none' || isQuietAt(choices.quiet, now)) return false;
	return level === 'all' || isMeant(choices, message, answered);
}

/** What of somebody decides whether a call rings. */
interface RingChoices extends Pick<NotifyChoices, 'level' | 'quiet'> {
	/** the preference PREF_CALLS_FROM; empty when not chosen */
	callsFrom: string;
	/** of whoever calls */
	isFriend: boolean;
}

/** Whether a call is to ring now: nothing chosen lets friends ring, and whoever is in the same private room. @param now ms */
export function wantsRing(choices: RingChoices, room: NotifyRoom, now: number): boolean {
	const from = callsFromOf(choices.callsFrom) ?? (room.direct ? 'friends' : 'everybody');
	if (from === 'friends' && !choices.isFriend) return false;
	const level = levelOf(choices, room);
	// A call to one person is meant for them.
	if (level === 'none' || (level === 'mentions' && !room.direct)) return false;
	return !isQuietAt(choices.quiet, now);
}
