/**
 * Which bytes are about to be taken into their store, or removed from it. A process may end between that and
 * the table's commit (UPLOAD-12); what is written down here is looked at again, so that nothing lies there for ever
 * that no row knows. Only what this server wrote down is ever removed: what else lies there is nobody's matter.
 */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Journal {
	/** Writes names down, does something with their bytes, and forgets them when it went well. */
	during<A>(names: string[], work: () => Promise<A>): Promise<A>;
	/** Names with which something began that did not end, and is not under way. */
	left(): Promise<string[]>;
	forget(name: string): Promise<void>;
}

/** ms after which something that another server has begun is not under way any more: far longer than it takes. */
const ENDED_AFTER = 3_600_000;

/** Whether a note was written so long ago that whoever wrote it does not work on it any more. */
async function isOld(path: string, now: number): Promise<boolean> {
	const found = await stat(path).catch(() => null);
	return found !== null && now - found.mtimeMs > ENDED_AFTER;
}

/**
 * @param dir folder of its own: an empty file for each name
 * @param isShared whether other servers write there, too
 */
export function createJournal(dir: string, isShared: boolean): Journal {
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
			const left = (await readdir(dir)).filter((name) => !busy.has(name));
			if (!isShared) return left;
			const now = Date.now();
			const old = await Promise.all(left.map((name) => isOld(join(dir, name), now)));
			return left.filter((_name, i) => old[i]);
		},
		forget
	};
}
