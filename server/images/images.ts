/**
 * Work on pictures. Decoding always happens in a child process, bounded in time and memory, because
 * decoders are where hostile pictures do harm (UPLOAD-2).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { RefusalCode } from '../../src/lib/protocol/refusal.ts';
import type { Pictures } from '../domain/ports.ts';
import { createSemaphore } from '../semaphore.ts';

const WORKER = fileURLToPath(new URL('image-worker.ts', import.meta.url));
/** ms that a file's picture may take; a profile picture is waited for by whoever set it. */
const FILE_WITHIN = 20_000;
const AVATAR_WITHIN = 5_000;
/** Bytes of memory a child may hold (UPLOAD-2: under 256 MB). */
const MEMORY_MAX = 250 * 1024 * 1024;
/** ms between two checks of its memory. */
const CHECK_EVERY = 50;
const PAGE_BYTES = 4_096;
/** How many wait for their turn at most, and ms after which one that was turned away may come back. */
const FILES_WAITING = 64;
const FILES_RETRY_AFTER = 3_000;
const AVATARS_WAITING = 16;
const AVATARS_RETRY_AFTER = 2_000;

/** What became of the picture in a file. */
type RewriteResult =
	| {
			/** px, as it is shown */
			width: number;
			height: number;
			hash: string;
			/** whether `<path>.out` holds it anew; else the original is to be kept */
			rewritten: boolean;
	  }
	| { refused: RefusalCode };

export interface Images extends Pictures {
	/**
	 * Rewrites a picture without camera data and makes a small one: `<path>.out` and `<path>.small`.
	 * Rejects with RefusalError("busy") when too many wait.
	 */
	rewrite(path: string): Promise<RewriteResult>;
}

/** Bytes of memory that a process holds; 0 where the system does not say, or it has ended. */
async function memoryOf(pid: number): Promise<number> {
	try {
		const pages = (await readFile(`/proc/${pid}/statm`, 'latin1')).split(' ')[1];
		return Number(pages) * PAGE_BYTES;
	} catch {
		// Not Linux, or ended meanwhile: there is nothing to bound.
		return 0;
	}
}

function start(args: string[], stdio: 'ignore' | ['pipe', 'pipe', 'ignore']): ChildProcess {
	return spawn(process.execPath, ['--max-old-space-size=64', WORKER, ...args], {
		stdio,
		env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production' }
	});
}

/** Waits for the child to end, and kills it when it takes too long or too much memory. @returns whether it succeeded */
async function bounded(child: ChildProcess, ms: number): Promise<boolean> {
	const timer = setTimeout(() => child.kill('SIGKILL'), ms);
	const check = setInterval(() => {
		void memoryOf(child.pid!).then((bytes) => {
			if (bytes > MEMORY_MAX) child.kill('SIGKILL');
		});
	}, CHECK_EVERY);
	try {
		const [code] = (await once(child, 'exit')) as [number | null];
		return code === 0;
	} finally {
		clearTimeout(timer);
		clearInterval(check);
	}
}

async function rewrite(path: string): Promise<RewriteResult> {
	const answer = `${path}.answer`;
	const child = start(['rewrite', path, `${path}.out`, `${path}.small`, answer], 'ignore');
	try {
		if (!(await bounded(child, FILE_WITHIN))) return { refused: 'image_too_large' };
		return JSON.parse(await readFile(answer, 'utf8')) as RewriteResult;
	} finally {
		await rm(answer, { force: true });
	}
}

async function square(bytes: Uint8Array): ReturnType<Pictures['square']> {
	const child = start(['square'], ['pipe', 'pipe', 'ignore']);
	// A child that is killed, or that has seen enough, closes its end: the exit code says what happened.
	child.stdin!.on('error', () => undefined);
	child.stdin!.end(bytes);
	const [written, succeeded] = await Promise.all([
		buffer(child.stdout!),
		bounded(child, AVATAR_WITHIN)
	]);
	return succeeded ? { type: 'image/webp', bytes: written } : null;
}

/** One file and one profile picture at a time: an upload that takes long delays no profile. */
export function createImages(): Images {
	const files = createSemaphore(1, FILES_WAITING, FILES_RETRY_AFTER);
	const avatars = createSemaphore(1, AVATARS_WAITING, AVATARS_RETRY_AFTER);
	return {
		rewrite: (path) => files.run(() => rewrite(path)),
		square: (bytes) => avatars.run(() => square(bytes))
	};
}
