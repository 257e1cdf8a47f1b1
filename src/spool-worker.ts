/** The worker that writes an export into the origin's private file system: joins messages to src/lib/db/spool. */
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />
import type { SpoolQuestion } from './lib/db/spool/spool-messages.ts';
import { serveSpool } from './lib/db/spool/spool-server.ts';

const worker = self as unknown as DedicatedWorkerGlobalScope;

const heard = serveSpool(
	() => navigator.storage.getDirectory(),
	(answer) => worker.postMessage(answer)
);

worker.addEventListener('message', ({ data }: MessageEvent<SpoolQuestion>) => heard(data));
