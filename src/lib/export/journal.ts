/** How far an export is: one line for each step, so that it goes on after whatever ended it. Pure. */
import type { Piece } from './records.ts';
import type { ZipEntry, ZipState } from './zip-writer.ts';

/** A conversation that is done, as the list of all has it. */
export interface DoneRoom {
	id: string;
	name: string;
	folder: string;
	messages: number;
}

/** What an export is of. */
export interface Scope {
	/** "all", or the id of the one conversation */
	what: string;
	/** when it was begun, ms */
	made: number;
	/** conversations in their order */
	rooms: { id: string; name: string }[];
}

/** What one step has added to a conversation. */
export interface RoomStep {
	/** the change up to which it is exported */
	head: number;
	/** the first seq that is not yet in it */
	next: number;
	piece: Piece | null;
	/** stretches of seqs and paths of files that could not be had */
	messages: [number, number][];
	files: string[];
	/** nothing of the conversation could be had */
	all?: true;
}

/** Entries that a step has written, and how long the archive is after it. */
interface Written {
	entries: ZipEntry[];
	offset: number;
}

export type JournalLine =
	| ({ is: 'begin'; scope: Scope } & Written)
	| ({ is: 'step'; step: RoomStep } & Written)
	| ({ is: 'room'; room: DoneRoom } & Written)
	| ({ is: 'end' } & Written);

/** A conversation that is under way. */
export interface RoomProgress {
	head: number;
	next: number;
	pieces: Piece[];
	missing: { messages: [number, number][]; files: string[]; all?: true };
}

/** Where an export stands. */
export interface Progress {
	scope: Scope;
	zip: ZipState;
	done: DoneRoom[];
	/** null: the next conversation is not begun */
	current: RoomProgress | null;
	/** stretches of messages, files and conversations that could not be had, over all */
	missing: number;
	isComplete: boolean;
}

/** The line as it is written. */
export const journalText = (line: JournalLine): string => `${JSON.stringify(line)}\n`;

/** A conversation of which nothing was exported yet. */
export const freshRoom = (head: number): RoomProgress => ({
	head,
	next: 1,
	pieces: [],
	missing: { messages: [], files: [] }
});

/** A conversation after a step. */
export function stepped(
	room: RoomProgress,
	{ head, next, piece, messages, files, all }: RoomStep
): RoomProgress {
	return {
		head,
		next,
		pieces: piece ? [...room.pieces, piece] : room.pieces,
		missing: {
			messages: [...room.missing.messages, ...messages],
			files: [...room.missing.files, ...files],
			...((all ?? room.missing.all) ? { all: true as const } : {})
		}
	};
}

function readLine(text: string): JournalLine | null {
	try {
		return JSON.parse(text) as JournalLine;
	} catch (error) {
		// The browser ended in the middle of it: what it tells of was not finished.
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}

/** Reads a journal; null: nothing was begun. A line that is not whole ends it. */
export function readJournal(text: string): Progress | null {
	let progress: Progress | null = null;
	for (const part of text.split('\n')) {
		const line = readLine(part);
		if (!line) break;
		if (line.is === 'begin') {
			const zip = { offset: line.offset, entries: [...line.entries] };
			progress = { scope: line.scope, zip, done: [], current: null, missing: 0, isComplete: false };
			continue;
		}
		if (!progress) return null;
		progress.zip.offset = line.offset;
		progress.zip.entries.push(...line.entries);
		if (line.is === 'step') {
			const { messages, files, all } = line.step;
			progress.missing += messages.length + files.length + (all ? 1 : 0);
			progress.current = stepped(progress.current ?? freshRoom(line.step.head), line.step);
		} else if (line.is === 'room') {
			progress.done.push(line.room);
			progress.current = null;
		} else progress.isComplete = true;
	}
	return progress;
}
