/** Whether somebody wants to be told of a message. Pure. */
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import type { NotifiedRoom, Reader } from './ports.ts';

export type Level = 'all' | 'mentions' | 'none';

/** Hours in which nothing is to ring, in the person's own zone. */
export interface Quiet {
	/** "22:00" */
	from: string;
	to: string;
	/** IANA name, such as "Asia/Shanghai" */
	zone: string;
}

function parsed<T>(json: string, isRight: (value: unknown) => value is T): T | null {
	if (json === '') return null;
	try {
		const value: unknown = JSON.parse(json);
		return isRight(value) ? value : null;
	} catch {
		// Preferences are texts that any device may write: what makes no sense counts as not chosen.
		return null;
	}
}

const isLevel = (value: unknown): value is Level =>
	value === 'all' || value === 'mentions' || value === 'none';
const isWords = (value: unknown): value is string[] =>
	Array.isArray(value) && value.every((word) => typeof word === 'string');
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const isQuiet = (value: unknown): value is Quiet => {
	const { from, to, zone } = (value ?? {}) as Partial<Quiet>;
	return TIME.test(from ?? '') && TIME.test(to ?? '') && typeof zone === 'string';
};

/** Not chosen: everything of direct conversations and private rooms; of public rooms, what is meant for one. */
export function levelOf(reader: Pick<Reader, 'level'>, room: NotifiedRoom): Level {
	return parsed(reader.level, isLevel) ?? (room.direct || room.private ? 'all' : 'mentions');
}

/** Whether a moment (ms) lies in somebody's quiet hours. */
export function isQuietAt(quiet: string, now: number): boolean {
	const hours = parsed(quiet, isQuiet);
	if (!hours || hours.from === hours.to) return false;
	let at: string;
	try {
		const shape = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
		at = new Intl.DateTimeFormat('en-GB', { ...shape, timeZone: hours.zone }).format(now);
	} catch {
		// A zone that this server does not know: better rung than missed.
		return false;
	}
	const { from, to } = hours;
	return from < to ? at >= from && at < to : at >= from || at < to;
}

/** Whether a message is meant for somebody: by name, as an answer, or by one of their words. */
export function isMeant(
	reader: Pick<Reader, 'person' | 'keywords'>,
	message: Pick<MessageRow, 'mentions' | 'body'>,
	answered: string | null
): boolean {
	if (answered === reader.person) return true;
	if (message.mentions?.some(([, person]) => person === reader.person)) return true;
	const words = parsed(reader.keywords, isWords) ?? [];
	const body = message.body.toLowerCase();
	return words.some((word) => word.trim() !== '' && body.includes(word.trim().toLowerCase()));
}

/** Whether somebody is to be told of a message now. */
export function wants(
	reader: Reader,
	room: NotifiedRoom,
	message: Pick<MessageRow, 'mentions' | 'body'>,
	answered: string | null,
	now: number
): boolean {
	const level = levelOf(reader, room);
	if (level === 'none' || isQuietAt(reader.quiet, now)) return false;
	return level === 'all' || isMeant(reader, message, answered);
}
