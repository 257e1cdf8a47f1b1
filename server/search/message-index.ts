/** The index that the domain asks: in a thread of its own, or in this one where the database is in memory. */
import { mkdirSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { Frame } from '../../src/lib/protocol/down.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Clock } from '../domain/ports.ts';
import type { Hits, MessageIndex, SearchQuestion } from '../domain/search-port.ts';
import type { Log } from '../log.ts';
import { createSemaphore } from '../semaphore.ts';
import { indexFileIn } from './index-file.ts';
import { SearchIndex, type ChangeNote } from './search-index.ts';
import { SearchThread } from './search-thread.ts';
import type { DistantDatabase } from './source-port.ts';
import { createSqliteSource } from './sqlite-source.ts';

/** Questions that wait, of all and of one person: together no longer than a device waits for an answer. */
const LINE_MAX = 8;
const PERSON_MAX = 3;
/** ms after which somebody who found the line full comes back. */
const COME_BACK = 2_000;
/** ms for which changes are collected before the index is told. */
const TELL_AFTER = 250;

/** The index, and what it has to be told. */
export interface RunningIndex extends MessageIndex {
	/**
	 * To be called with what was committed; costs a look at each row.
	 * @param isShared whether other servers commit, too: then messages do not come in the order of their numbers
	 */
	note(frames: readonly Frame[], isShared: boolean): void;
	/** To be called with numbers of rooms whose messages were erased. */
	forgetRooms(rooms: number[]): void;
	/** Resolves when its files are closed; to be called before the database is closed. */
	close(): Promise<void>;
}

interface IndexOptions {
	/** the main database: a SQLite, or one that answers later */
	main: Database.Database | DistantDatabase;
	/** folder in which the index is kept */
	indexDir: string;
	clock: Clock;
	log: Log;
}

/** What of a commit the index has to look at again. New messages that come in order it finds by itself. */
function changesIn(frames: readonly Frame[], isShared: boolean): ChangeNote {
	const rows = frames.flatMap((frame) => frame.rows);
	return {
		messages: rows.flatMap((row) =>
			row.kind === 'message' && (isShared || row.rev !== row.seq) ? row.number : []
		),
		rooms: []
	};
}

/** Opens the index of a database. */
export function createMessageIndex(options: IndexOptions): RunningIndex {
	const { main } = options;
	if (!('name' in main)) return createThreadIndex(main, options);
	return main.memory ? createLocalIndex(main) : createThreadIndex(main.name, options);
}

/** An index in memory, made when somebody first searches. */
export function createLocalIndex(main: Database.Database, now?: () => number): RunningIndex {
	let index: SearchIndex | null = null;
	return {
		async find(_person, question) {
			index ??= new SearchIndex({
				main: createSqliteSource(main),
				path: ':memory:',
				...(now ? { now } : {})
			});
			return index.find(question);
		},
		note: (...committed) => index?.note(changesIn(...committed)),
		forgetRooms: (rooms) => index?.note({ messages: [], rooms }),
		async close() {
			index?.close();
		}
	};
}

function createThreadIndex(
	main: string | DistantDatabase,
	{ indexDir, clock, log }: IndexOptions
): RunningIndex {
	mkdirSync(indexDir, { recursive: true });
	const indexFile = indexFileIn(indexDir);
	const thread = new SearchThread({ main, indexFile, clock, log });
	const notes = createNotes(clock, (note) => thread.note(note));
	const find = inLine((question) => {
		notes.tell();
		return thread.find(question);
	});
	return {
		find,
		note: (...committed) => notes.add(changesIn(...committed)),
		forgetRooms(rooms) {
			if (rooms.length > 0) notes.add({ messages: [], rooms });
		},
		async close() {
			notes.stop();
			await thread.close();
		}
	};
}

/** Collects what was changed for a moment, so that a busy server wakes the thread a few times a second at most. */
function createNotes(clock: Clock, tell: (note: ChangeNote) => void) {
	let pending: ChangeNote[] = [];
	let stopTimer: (() => void) | null = null;

	function flush(): void {
		stopTimer?.();
		stopTimer = null;
		const notes = pending;
		pending = [];
		if (notes.length === 0) return;
		tell({
			messages: notes.flatMap(({ messages }) => messages),
			rooms: notes.flatMap(({ rooms }) => rooms)
		});
	}

	return {
		tell: flush,
		add(note: ChangeNote): void {
			pending.push(note);
			stopTimer ??= clock.after(TELL_AFTER, flush);
		},
		stop: () => stopTimer?.()
	};
}

/** One question after the other; of one person only few are under way. */
function inLine(find: (question: SearchQuestion) => Promise<Hits>): MessageIndex['find'] {
	const semaphore = createSemaphore(1, LINE_MAX, COME_BACK);
	const underWay = new Map<string, number>();
	return async (person, question) => {
		const own = underWay.get(person) ?? 0;
		if (own >= PERSON_MAX) throw new RefusalError(refuse('busy', { after: COME_BACK }));
		underWay.set(person, own + 1);
		try {
			return await semaphore.run(() => find(question));
		} finally {
			const left = underWay.get(person)! - 1;
			if (left > 0) underWay.set(person, left);
			else underWay.delete(person);
		}
	};
}
