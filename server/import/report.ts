/** What an import counts, and what of a message the parts of it hand each other. */
import type { FileCard } from '../../src/lib/protocol/change.ts';
import type { Losses } from './source.ts';

/** What was there, and what of it is new here. */
export interface Count {
	new: number;
	known: number;
}

export interface ImportReport {
	people: Count & { accounts: number };
	rooms: Count;
	messages: Count;
	files: Count;
	/** what cannot be carried over, in words, and how often */
	losses: Losses;
}

/** The files of a message: all that it names, and which of them are here. */
export interface KeptFiles {
	cards: FileCard[];
	attached: string[];
}
