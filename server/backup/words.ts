/** What a backup holds, in words. */
import type { Manifest } from './archive.ts';

/** What is in an archive. */
export function inWords({ database, entries }: Manifest): string {
	const bytes = entries.reduce((sum, { size }) => sum + size, 0);
	const count = (number: number, what: string) =>
		`${number.toLocaleString('en-GB')} ${what}${number === 1 ? '' : 's'}`;
	const size = `${Math.ceil(bytes / 1e6).toLocaleString('en-GB')} MB`;
	return `${count(database.messages, 'message')} and ${count(entries.length - 1, 'file')} (${size})`;
}
