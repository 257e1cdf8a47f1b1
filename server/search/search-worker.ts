/**
 * The thread in which the index lives. Whatever goes wrong in it ends it: the server starts another one. Between
 * questions it catches up, with pauses, so that it never takes more than half of a processor.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { createDistantSource, type DistantEnd } from './distant-source.ts';
import { SearchIndex } from './search-index.ts';
import { createSqliteSource } from './sqlite-source.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';

/** ms of work on the index in one go, and of the pause after it. */
const SLICE = 25;
const PAUSE = 25;
/** ms after which is tried again on a full disk. */
const PAUSE_FULL = 10_000;

const port = parentPort!;
const say = (message: FromThread): void => port.postMessage(message);
const { main, indexFile } = workerData as ThreadData;

const file =
	typeof main === 'string' ? new Database(main, { readonly: true, fileMustExist: true }) : null;
let begunAt: number | null = null;
const index = new SearchIndex({
	main: file ? createSqliteSource(file) : createDistantSource(main as DistantEnd),
	path: indexFile,
	onBegunAnew(why) {
		begunAt = performance.now();
		say({ kind: 'begunAnew', why });
	}
});
let timer: NodeJS.Timeout | null = null;
let isFull = false;

function catchUp(): void {
	timer = null;
	const state = index.catchUp(SLICE);
	if (isFull !== (state === 'full')) {
		isFull = !isFull;
		if (isFull) say({ kind: 'full' });
	}
	if (state !== 'done') return catchUpSoon();
	if (begunAt === null) return;
	say({ kind: 'built', ms: Math.round(performance.now() - begunAt) });
	begunAt = null;
}

function catchUpSoon(): void {
	timer ??= setTimeout(catchUp, isFull ? PAUSE_FULL : PAUSE);
}

port.on('message', (message: ToThread) => {
	switch (message.kind) {
		case 'find':
			say({ kind: 'found', hits: index.find(message.question) });
			return catchUpSoon();
		case 'note':
			index.note(message.note);
			return catchUpSoon();
		case 'close':
			if (timer) clearTimeout(timer);
			index.close();
			file?.close();
			port.close();
	}
});
say({ kind: 'ready' });
catchUpSoon();
