/**
 * Which bytes are about to be taken into their store, or removed from it. A process may end between that and
 * the table's commit (UPLOAD-12); what is written down here is looked at again, so that nothing lies there for ever
 * that no row knows. Only what this server wrote down is ever removed: what else lies there is nobody's matter.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Journal {
	/** Writes names down, does something with their bytes, and forgets them when it went well. */
	during<A>(names: string[], work: () => Promise<A>): Promise<A>;
	/** Names with which something began that did not end, and is not under way. */
	left(): Promise<string[]>;
	forget(name: string): Promise<void>;
}

/** @param dir folder of its own: an empty file for each name */
export function createJournal(dir: string): Journal {
	const busy = new Set<string>();
	const forget = (name: string) => rm(join(dir, name), { force: true });

	return {
		async during(names, work) {
			await mkdir(dir, { recursive: true });
			for (const name of names) {
				busy.add(name);
				await writeFile(join(dir, name), '');
			}
			try {
				const done = await work();
				for (const name of names) await forget(name);
				return done;
			} finally {
				for (const name of names) busy.delete(name);
			}
		},
		async left() {
			await mkdir(dir, { recursive: true });
			return (await readdir(dir)).filter((name) => !busy.has(name));
		},
		forget
	};
}
