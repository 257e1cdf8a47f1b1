/** What a page and its spool worker say to one another. */

/** The two files of a spool: the archive, and how far it is. */
export type SpoolFile = 'zip' | 'journal';

export type ToSpool =
	/** opens the spool of an account; answered with the journal and the archive's bytes */
	| { do: 'open'; account: string }
	/** adds at the end */
	| { do: 'append'; to: SpoolFile; bytes: Uint8Array<ArrayBuffer> }
	/** cuts a file to so many bytes */
	| { do: 'cut'; file: SpoolFile; size: number }
	/** what was written so far outlives the browser */
	| { do: 'flush' }
	| { do: 'close' };

export type SpoolQuestion = ToSpool & { id: number };
export type SpoolAnswer =
	| { id: number; journal: string; size: number }
	| { id: number; error: { name: string; message: string } };

/** The folder of an account's spool in the origin's private file system. */
export const spoolFolder = (account: string): string => `roost-export-${account}`;
export const SPOOL_FILES: Record<SpoolFile, string> = {
	zip: 'export.zip',
	journal: 'export.jsonl'
};
