/** pino-roll brings no types of its own; this is what is used of it. */
declare module 'pino-roll' {
	import type { EventEmitter } from 'node:events';

	interface RollOptions {
		/** path without the number and extension */
		file: string;
		extension: string;
		/** such as "20m" */
		size: string;
		/** numbered files that are kept, the current one included when others are removed, too */
		limit: { count: number; removeOtherLogFiles: boolean };
		mkdir: boolean;
		mode: number;
		/** whether a line is in the file when `write` returns */
		sync: boolean;
		/** bytes that may wait */
		maxLength: number;
	}

	/** Opens the file; rejects when it cannot be written. */
	export default function roll(
		options: RollOptions
	): Promise<EventEmitter & { write(line: string): boolean }>;
}
