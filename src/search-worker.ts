/** The worker that searches for a page and keeps the index up to date: joins messages to src/lib/db/search. */
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />
import { DeviceIndex } from './lib/db/search/device-index.ts';
import { serveSearch } from './lib/db/search/search-server.ts';
import type { ToSearchWorker } from './lib/db/search/worker-messages.ts';
import { browserClock } from './lib/net/browser.ts';

const worker = self as unknown as DedicatedWorkerGlobalScope;

const heard = serveSearch({
	open: (account, onError) => {
		const pause = () => new Promise<void>((resolve) => setTimeout(resolve));
		return new DeviceIndex({ account, clock: browserClock, pause, onError });
	},
	post: (message) => worker.postMessage(message)
});

worker.addEventListener('message', ({ data }: MessageEvent<ToSearchWorker>) => heard(data));
