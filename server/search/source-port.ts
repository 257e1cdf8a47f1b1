/** What the index asks the main database, in plain data: it may be asked from another thread. */

/** A message as the main database has it. */
export interface SourceRecord {
	number: number;
	/** numbers, not ids */
	room: number;
	author: number;
	seq: number;
	rev: number;
	/** ms */
	at: number;
	/** 1: said between two */
	direct: number;
	body: string;
	/** JSON of file cards */
	files: string | null;
	type: string | null;
}

/** Where a look through what was changed has come; a message has moved on when it was changed again. */
export interface ChangedPlace {
	/** id; "" before all */
	room: string;
	rev: number;
}

export interface ChangedMessage extends ChangedPlace {
	number: number;
	/** 0: recalled, or by the system */
	said: number;
}

/** A database that answers at once. */
export interface MainDatabase {
	/** Messages with `after < number <= upto`. */
	between(after: number, upto: number): SourceRecord[];
	/** Those of these messages that can be found. */
	byNumber(numbers: number[]): SourceRecord[];
	/** The newest number; 0 for none. */
	last(): number;
	/** Which database it is. */
	instance(): string;
	/** The last thing that happened in it; "" for nothing. */
	past(): string;
	/** Whether this happened in it: not in one that was put back to an earlier state. */
	hasPast(past: string): boolean;
	/** Messages that were changed after they were posted, the next ones behind a place, in the order of places; none: that was all. */
	changed(after: ChangedPlace, most: number): ChangedMessage[];
	/** Numbers of the rooms that were deleted and of which nothing is left. */
	erasedRooms(): number[];
}

/** One that answers later. */
export type DistantDatabase = {
	[Question in keyof MainDatabase]: (
		...asked: Parameters<MainDatabase[Question]>
	) => Promise<ReturnType<MainDatabase[Question]>>;
};
