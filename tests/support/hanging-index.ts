/**
 * The thread of an index that fails: the first time it hangs, the next two it cannot open, then it works, except that
 * it hangs or ends when it is asked to. How often it was started stands in the file that would be the index.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ThreadData, ToThread } from '../../server/search/thread-messages.ts';

const { indexFile } = workerData as ThreadData;
const starts = existsSync(indexFile) ? Number(readFileSync(indexFile, 'utf8')) : 0;
writeFileSync(indexFile, String(starts + 1));
if (starts === 1 || starts === 2) throw new Error('this index cannot be opened');

const say = (message: FromThread) => parentPort!.postMessage(message);
parentPort!.on('message', (message: ToThread) => {
	if (message.kind === 'close') parentPort!.close();
	if (message.kind !== 'find') return;
	const { query } = message.question;
	if (query === 'end') throw new Error('this question cannot be answered');
	while (starts === 0 || query === 'hang');
	say({ kind: 'found', hits: { hits: [], next: null, complete: true, took: 0 } });
});
say({ kind: 'ready' });
