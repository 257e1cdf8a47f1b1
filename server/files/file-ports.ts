/** What the file side needs: a place for bytes, and a table of what is there. */
import type { Readable } from 'node:stream';
import type { FileCard } from '../../src/lib/protocol/change.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';

/** A file that was handed in, whole and checked. */
export interface StoredFile extends FileCard {
	person: PersonId;
	/** random name under which its bytes lie */
	stored: string;
	/** the same of its small picture; null when there is none */
	thumb: string | null;
}

/** Part of a file: both ends inclusive, in bytes. */
export interface ByteRange {
	start: number;
	end: number;
}

/**
 * Where bytes live: the local disk, or a store elsewhere. Names are random and never come from outside. One
 * that cannot be reached rejects with RefusalError("busy"), and nothing is lost: whoever asked comes back.
 */
export interface ByteStore {
	/** Takes a finished file over. Resolves once it is durable; the source is gone then, and there until then. */
	take(name: string, path: string): Promise<void>;
	/** Null when nothing lies there: a restore may bring rows without bytes, or with fewer of them (RESTORE-3). */
	open(name: string, range?: ByteRange): Promise<Readable | null>;
	/** Resolves also when there was nothing. */
	remove(name: string): Promise<void>;
	/** Whether there is room for so many bytes more, with enough left for the text of everybody. */
	hasRoom(bytes: number): Promise<boolean>;
	close(): void;
}

/** A bucket in a store that speaks S3, and how to get there. */
export interface S3Place {
	/** address of the store; null: Amazon's, by region */
	endpoint: string | null;
	bucket: string;
	region: string;
	accessKeyId: string;
	secretAccessKey: string;
	/** whether the bucket stands in the path, instead of before the host */
	pathStyle: boolean;
	/** stands before the name of every object */
	prefix: string;
}

/** The place for bytes cannot be used; the message says to whoever runs the server what to change. */
export class ByteStoreError extends Error {
	constructor(message: string, cause: unknown) {
		super(message, { cause });
		this.name = 'ByteStoreError';
	}
}

/** The table of files. */
export interface FileTable {
	/** @param at ms */
	add(file: StoredFile, at: number): Promise<void>;
	find(id: string): Promise<StoredFile | null>;
	/** Gives a film that has none, and that no message carries, its small picture; answers whether it took it. */
	addPoster(id: string, poster: { thumb: string; hash: string }): Promise<boolean>;
	/** The file, if the person may see a message that carries it, or has handed it in. */
	visible(id: string, person: PersonId): Promise<StoredFile | null>;
	/** Bytes of all files of a person, and of everybody. */
	usage(person: PersonId): Promise<{ own: number; all: number }>;
	/** Files older than `before` (ms) that no message carries. */
	orphans(before: number): Promise<StoredFile[]>;
	/** Removes it, unless a message carries it; answers whether it is gone. */
	remove(id: string): Promise<boolean>;
	/** Whether a file, or its small picture, lies under this name. */
	holds(stored: string): Promise<boolean>;
}
