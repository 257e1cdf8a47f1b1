/**
 * The service worker: joins the browser's events to src/lib/worker, and has no logic of its own.
 */
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />
/// <reference types="@sveltejs/kit" />
import { version } from '$service-worker';
import { API_ROOT, SOCKET_PATH, isUnder } from './lib/protocol/paths.ts';
import { drain, type SyncEventLike } from './lib/worker/drain-outbox.ts';
import { MediaCache, FILES, PICTURES } from './lib/worker/media-cache.ts';
import { buildsInUse } from './lib/worker/pages.ts';
import { createPushHandlers } from './lib/worker/push.ts';
import { isServerPage } from './lib/worker/server-pages.ts';
import { deviceShares, isShare, takeShare } from './lib/worker/share.ts';
import { ShellCache, type ShellFile } from './lib/worker/shell-cache.ts';

const worker = self as unknown as ServiceWorkerGlobalScope & { __WB_MANIFEST: ShellFile[] };

const shell = new ShellCache({
	caches,
	fetch: (request) => fetch(request),
	origin: worker.location.origin,
	build: version,
	// The build puts the list of files in the place of this name.
	files: (self as unknown as { __WB_MANIFEST: ShellFile[] }).__WB_MANIFEST
});

const network = {
	caches,
	fetch: (request: Request) => fetch(request),
	// Told by some browsers only.
	isSaving: () =>
		(navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true
};
const files = new MediaCache(FILES, network);
const pictures = new MediaCache(PICTURES, network);

async function tidy(): Promise<void> {
	const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
	const inUse = await buildsInUse(pages);
	// The set of a build that waits to take over belongs to nobody yet, and must not be swept away.
	const { installing, waiting } = worker.registration;
	if (inUse && !installing && !waiting) await shell.tidy(inUse);
}

async function keepPlayed(path: unknown): Promise<void> {
	const url = new URL(String(path), worker.location.origin);
	if (url.origin === worker.location.origin && files.has(url)) await files.keepWhole(url);
}

worker.addEventListener('install', (event) => {
	event.waitUntil(shell.install());
});

worker.addEventListener('activate', (event) => {
	event.waitUntil(worker.clients.claim().then(tidy));
});

worker.addEventListener('message', (event) => {
	const data: unknown = event.data;
	const type = typeof data === 'object' && data !== null && 'type' in data ? data.type : null;
	if (type === 'SKIP_WAITING') event.waitUntil(worker.skipWaiting());
	if (type === 'tidy') event.waitUntil(tidy());
	if (type === 'played') event.waitUntil(keepPlayed((data as { path?: unknown }).path));
});

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (url.origin !== worker.location.origin) return;
	if (isShare(request)) event.respondWith(takeShare(request, deviceShares));
	if (request.method !== 'GET') return;
	if (files.has(url)) {
		event.respondWith(files.answer(request, (work) => event.waitUntil(work)));
		return;
	}
	if (isUnder(API_ROOT, url.pathname) || url.pathname.startsWith(SOCKET_PATH)) return;
	if (pictures.has(url)) {
		event.respondWith(pictures.answer(request, (work) => event.waitUntil(work)));
	} else if (isServerPage(url)) {
		return;
	} else if (request.mode === 'navigate') {
		event.respondWith(shell.shell().then((page) => page ?? fetch(request)));
	} else if (url.pathname.startsWith('/_app/immutable/') || shell.has(url)) {
		event.respondWith(shell.file(url).then((file) => file ?? fetch(request)));
	}
});

worker.addEventListener('sync' as 'message', (event) => {
	drain(event as unknown as SyncEventLike);
});

const notifications = createPushHandlers({
	registration: worker.registration,
	clients: worker.clients
});

worker.addEventListener('push', (event) => {
	event.waitUntil(notifications.push(event.data?.text() ?? null));
});

worker.addEventListener('notificationclick', (event) => {
	const { action, notification } = event;
	const { reply = '' } = event as NotificationEvent & { reply?: string };
	event.waitUntil(notifications.tap(notification, action, reply));
});

worker.addEventListener('pushsubscriptionchange' as 'message', (event) => {
	event.waitUntil(notifications.renew());
});
