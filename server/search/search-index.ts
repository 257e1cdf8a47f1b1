/**
 * An index of all messages beside the main database. It follows the main database by itself: nothing of it is done
 * while a message is committed. It lives in one thread, and whoever calls it says how long it may take.
 */
import type Database from 'better-sqlite3';
import type { Hits, SearchQuestion } from '../domain/search-port.ts';
import { Entries } from './entries.ts';
import {
	findEntries,
	prepareFind,
	type FindStatements,
	type IndexedRange
} from './find-entries.ts';
import { createIndexFile, isDamage, isFull, openIndexFile } from './index-file.ts';
import { createMessageSource, type MessageSource } from './message-source.ts';
import type { ChangedMessage, ChangedPlace, MainDatabase } from './source-port.ts';

/** Messages that are added, or taken out, in one step: some 20 ms of work. */
const ADD_STEP = 250;
const REMOVE_STEP = 20;
/** Changed messages that are asked for at once: some 20 ms of the database, and a megabyte. */
const CHANGED_STEP = 5_000;
/** ms that a search may take, and the part of it in which the index may catch up. */
const SEARCH_WITHIN = 500;
const CATCH_UP_WITHIN = 200;

interface SearchIndexOptions {
	/** the main database; only read */
	main: MainDatabase;
	/** path of the index; ':memory:' for one that dies with the process */
	path: string;
	/** ms, from any beginning */
	now?: () => number;
	/** called when the index has to be begun anew, with the reason */
	onBegunAnew?: (why: string) => void;
}

/** How far catching up has come: the disk may be too full for any more. */
export type CatchUp = 'done' | 'more' | 'full';

/** What was changed in the main database. */
export interface ChangeNote {
	/** numbers of messages that were edited, recalled or otherwise changed */
	messages: readonly number[];
	/** numbers of rooms whose messages were erased */
	rooms: readonly number[];
}

const prepareState = (db: Database.Database) => ({
	get: db.prepare<[string], unknown>('SELECT value FROM state WHERE key = ?').pluck(),
	set: db.prepare<[string, unknown]>('INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)')
});

/** An open index file, with its statements. */
interface Opened {
	db: Database.Database;
	entries: Entries;
	find: FindStatements;
	state: ReturnType<typeof prepareState>;
	range: IndexedRange;
}

function prepareIndex(db: Database.Database): Opened {
	const state = prepareState(db);
	const range = { low: Number(state.get.get('low')), high: Number(state.get.get('high')) };
	return { db, entries: new Entries(db), find: prepareFind(db), state, range };
}

export class SearchIndex {
	readonly #source: MessageSource;
	readonly #options: SearchIndexOptions;
	readonly #now: () => number;
	#opened: Opened;
	/** what is to be looked at again */
	#messages = new Set<number>();
	#rooms = new Set<number>();

	/** Opens the index, or begins it anew, and finds out what it has missed. */
	constructor(options: SearchIndexOptions) {
		this.#options = options;
		this.#source = createMessageSource(options.main);
		this.#now = options.now ?? (() => performance.now());
		const { db, begunAnew } = openIndexFile(options.path, this.#source);
		this.#opened = begunAnew === null ? prepareIndex(db) : this.#begin(db, begunAnew);
		this.#noteMissed();
	}

	/** Notes what was changed; it is done by the next `catchUp`. */
	note({ messages, rooms }: ChangeNote): void {
		// What is not in the index yet will be read as it is by then.
		const { low, high } = this.#opened.range;
		const held = messages.filter((number) => number > low && number <= high);
		for (const number of held) this.#messages.add(number);
		for (const number of rooms) this.#rooms.add(number);
	}

	/**
	 * Brings the index up to date, in small steps.
	 * @param within ms after which no further step is begun
	 */
	catchUp(within: number): CatchUp {
		// Nobody may read in a room that was erased, so that what was said there can wait.
		return this.#work(within, () => this.#step() || this.#removeRoom());
	}

	/** Looks for messages. What was not indexed in time is not found, and the answer says so. */
	find(question: SearchQuestion): Hits {
		const began = this.#now();
		const isUpToDate = this.#work(CATCH_UP_WITHIN, () => this.#step()) === 'done';
		const isOver = () => this.#now() - began >= SEARCH_WITHIN;
		const found = this.#mending(() =>
			findEntries(this.#opened.find, question, this.#opened.range, isOver)
		);
		const complete = found.complete && isUpToDate;
		return { ...found, complete, took: this.#now() - began };
	}

	close(): void {
		this.#opened.db.close();
	}

	/** @param why it could not be used as it was */
	#begin(db: Database.Database, why: string): Opened {
		this.#options.onBegunAnew?.(why);
		// The newest are wanted most, so it grows downwards from here.
		const last = this.#source.last();
		const { set } = prepareState(db);
		set.run('low', last);
		set.run('high', last);
		return prepareIndex(db);
	}

	/** What was changed while nobody told the index. */
	#noteMissed(): void {
		const { entries, range } = this.#opened;
		this.note({ messages: [], rooms: this.#source.erasedRooms() });
		// What is begun anew has missed nothing.
		if (range.low === range.high) return;
		let place: ChangedPlace | undefined = { room: '', rev: 0 };
		while (place) {
			const changed: ChangedMessage[] = this.#source.changed(place, CHANGED_STEP);
			const missed = changed.filter(({ number, rev, said }) => {
				const known = entries.revOf(number);
				return known === undefined ? said === 1 : known !== rev;
			});
			this.note({ messages: missed.map(({ number }) => number), rooms: [] });
			place = changed.at(-1);
		}
	}

	/** Does some work on the index; on one that turns out to be damaged, after beginning it anew. */
	#mending<T>(work: () => T): T {
		try {
			return work();
		} catch (error) {
			if (!isDamage(error)) throw error;
			this.close();
			const db = createIndexFile(this.#options.path, this.#source);
			this.#opened = this.#begin(db, (error as Error).message);
			return work();
		}
	}

	/** Does one step after the other until there is none. */
	#work(within: number, step: () => boolean): CatchUp {
		const until = this.#now() + within;
		try {
			return this.#mending(() => {
				while (step()) if (this.#now() >= until) return 'more';
				return 'done';
			});
		} catch (error) {
			// What is there can still be searched.
			if (isFull(error)) return 'full';
			throw error;
		}
	}

	/** Does one step of what searches wait for, the most urgent first. @returns whether there was any */
	#step(): boolean {
		return this.#lookAgain() || this.#addNewer() || this.#addOlder();
	}

	#lookAgain(): boolean {
		if (this.#messages.size === 0) return false;
		const numbers = firstOf(this.#messages, REMOVE_STEP);
		const present = new Map(this.#source.byNumber(numbers).map((one) => [one.number, one]));
		this.#write((entries) => {
			for (const number of numbers) {
				const message = present.get(number);
				if (message) entries.replace(message);
				else entries.remove(number);
			}
		});
		for (const number of numbers) this.#messages.delete(number);
		return true;
	}

	#removeRoom(): boolean {
		const [room] = this.#rooms;
		if (room === undefined) return false;
		const numbers = this.#opened.entries.ofRoom(room, REMOVE_STEP);
		if (numbers.length === 0) this.#rooms.delete(room);
		else {
			this.#write((entries) => {
				for (const number of numbers) entries.remove(number);
			});
		}
		return true;
	}

	#addNewer(): boolean {
		const { range } = this.#opened;
		const last = this.#source.last();
		if (last <= range.high) return false;
		const high = Math.min(last, range.high + ADD_STEP);
		this.#add(range.high, high, { ...range, high });
		return true;
	}

	#addOlder(): boolean {
		const { range } = this.#opened;
		if (range.low === 0) return false;
		const low = Math.max(0, range.low - ADD_STEP);
		this.#add(low, range.low, { ...range, low });
		return true;
	}

	/** Adds messages with `after < number <= upto`; then the index holds what `range` says. */
	#add(after: number, upto: number, range: IndexedRange): void {
		const messages = this.#source.between(after, upto);
		this.#write((entries, state) => {
			for (const message of messages) entries.add(message);
			state.set.run('low', range.low);
			state.set.run('high', range.high);
		});
		this.#opened.range = range;
	}

	/** Writes in one transaction, and how far the main database had come. */
	#write(write: (entries: Entries, state: Opened['state']) => void): void {
		const { db, entries, state } = this.#opened;
		const past = this.#source.past();
		db.transaction(() => {
			write(entries, state);
			state.set.run('past', past);
		})();
	}
}

/** The first members of a set. */
function firstOf(set: ReadonlySet<number>, most: number): number[] {
	const first: number[] = [];
	for (const number of set) {
		if (first.length === most) break;
		first.push(number);
	}
	return first;
}
