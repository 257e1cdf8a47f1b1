/** Looks after the process that works on pictures: one at a time, bounded in time and memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RefusalCode } from '../../src/lib/protocol/refusal.ts';
import { createSlots } from '../slots.ts';

const WORKER = fileURLToPath(new URL('image-worker.ts', import.meta.url));
/** ms a picture may take. */
const WITHIN = 20_000;
/** Bytes of memory it may hold (U2: under 256 MB). */
const MEMORY_MAX = 250 * 1024 * 1024;
/** ms between two looks at its memory. */
const LOOK_EVERY = 50;
const PAGE = 4_096;
const LINE = 64;
const COME_BACK = 3_000;

/** What became of a picture. */
export type Worked =
	| {
			/** px, as it is shown */
			width: number;
			height: number;
			hash: string;
			/** whether `output` holds it anew; else the original is to be kept */
			rewritten: boolean;
	  }
	| { refused: RefusalCode };

/** Bytes of memory that a process holds; 0 where the system does not tell, or it has gone. */
async function memoryOf(pid: number): Promise<number> {
	try {
		const pages = (await readFile(`/proc/${pid}/statm`, 'latin1')).split(' ')[1];
		return Number(pages) * PAGE;
	} catch {
		// Not Linux, or gone meanwhile: there is nothing to bound.
		return 0;
	}
}

export interface Images {
	/** @param path the picture; `<path>.out` and `<path>.small` are written beside it */
	work(path: string): Promise<Worked>;
	/** the most memory that a picture took so far, in bytes */
	peak(): number;
}

export function createImages(): Images {
	const turns = createSlots(1, LINE, COME_BACK);
	let peak = 0;

	async function run(path: string): Promise<Worked> {
		const answer = `${path}.answer`;
		const files = [path, `${path}.out`, `${path}.small`, answer];
		const child = spawn(process.execPath, ['--max-old-space-size=64', WORKER, ...files], {
			stdio: 'ignore',
			env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production' }
		});
		const late = setTimeout(() => child.kill('SIGKILL'), WITHIN);
		const look = setInterval(() => {
			void memoryOf(child.pid!).then((bytes) => {
				peak = Math.max(peak, bytes);
				if (bytes > MEMORY_MAX) child.kill('SIGKILL');
			});
		}, LOOK_EVERY);
		try {
			const [code] = (await once(child, 'exit')) as [number | null];
			// Killed: too long, or too much memory.
			if (code !== 0) return { refused: 'image_too_large' };
			return JSON.parse(await readFile(answer, 'utf8')) as Worked;
		} finally {
			clearTimeout(late);
			clearInterval(look);
			await rm(answer, { force: true });
		}
	}

	return { work: (path) => turns.run(() => run(path)), peak: () => peak };
}
