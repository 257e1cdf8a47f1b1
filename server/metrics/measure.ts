/** Wraps parts of the server so that what they do is counted; what they do stays the same. */
import type { Server, ServerResponse } from 'node:http';
import { isSaid } from '../../src/lib/protocol/change.ts';
import type { PullAnswer, Result } from '../../src/lib/protocol/down.ts';
import {
	API_ROOT,
	ASSETS_ROOT,
	COMPAT_ROOTS,
	FILE_UPLOAD_PATH,
	isUnder,
	pathOf,
	SOCKET_PATH
} from '../../src/lib/protocol/paths.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { CommitListener, Domain } from '../domain/ports.ts';
import type { Store } from '../domain/store-port.ts';
import type { FileTable } from '../files/file-ports.ts';
import type { PushSender } from '../push/push-sender.ts';
import type { Metrics } from './metrics.ts';

/** Seconds since `from`, a reading of performance.now(). */
const secondsSince = (from: number): number => (performance.now() - from) / 1_000;

/** A store whose commits are counted and timed. */
export function measureCommits<S extends Pick<Store, 'commit'>>(store: S, metrics: Metrics): S {
	return {
		...store,
		async commit(acts, decide, now) {
			const from = performance.now();
			try {
				const committed = await store.commit(acts, decide, now);
				metrics.commitActs.observe(acts.length);
				return committed;
			} catch (error) {
				metrics.commitsFailed.inc();
				throw error;
			} finally {
				metrics.commitSeconds.observe(secondsSince(from));
			}
		}
	};
}

/** The app's way to subscribe: how long its listeners take is the time of its fan-out. */
export function measureFanOut<D extends Pick<Domain, 'subscribe'>>(domain: D, metrics: Metrics): D {
	return {
		...domain,
		subscribe: (listener) =>
			domain.subscribe((changes) => {
				const from = performance.now();
				const told = listener(changes);
				metrics.fanOutSeconds.observe({ api: 'app' }, secondsSince(from));
				return told;
			})
	};
}

/** A listener that counts what is said. */
export function countMessages(metrics: Metrics): CommitListener {
	return ({ frames }) => {
		for (const { rows, from } of frames) {
			const said = rows.filter((row) => row.kind === 'message' && row.seq > from && isSaid(row));
			// Changed in the same commit, a message has two rows.
			metrics.messages.inc(new Set(said.map(({ id }) => id)).size);
		}
	};
}

/** A dispatcher whose answers are counted and timed. */
export function measureRequests(dispatcher: Dispatcher, metrics: Metrics): Dispatcher {
	return {
		...dispatcher,
		async answer(name, ...rest) {
			const from = performance.now();
			const answer = await dispatcher.answer(name, ...rest);
			const result = 'refused' in answer ? answer.refused.code : 'ok';
			metrics.requests.observe({ name, result }, secondsSince(from));
			if ('results' in answer) countActs(metrics, answer.results);
			if ('pages' in answer) countPages(metrics, answer.pages);
			return answer;
		}
	};
}

function countActs(metrics: Metrics, results: readonly Result[]): void {
	for (const result of results) {
		const is = result.status === 'refused' ? result.refusal.code : result.status;
		metrics.acts.inc({ result: is });
	}
}

function countPages(metrics: Metrics, pages: PullAnswer['pages']): void {
	for (const page of pages) {
		metrics.catchUpPages.inc({ type: page.type });
		if ('rows' in page) metrics.catchUpRows.observe(page.rows.length);
		if (page.type === 'reset') metrics.resets.inc({ why: page.why });
	}
}

/** A table of files that counts what is added. */
export function countUploads(table: FileTable, metrics: Metrics): FileTable {
	return {
		...table,
		async add(file, at) {
			await table.add(file, at);
			metrics.uploads.inc({ result: 'stored' });
			metrics.uploadBytes.observe(file.size);
		}
	};
}

/** A sender whose results are counted. */
export function countPushes(sender: PushSender, metrics: Metrics): PushSender {
	return {
		...sender,
		async send(to, push) {
			const result = await sender.send(to, push);
			metrics.pushes.inc({ result: result.is });
			return result;
		}
	};
}

/** What an HTTP request is for, as few words as a label may have. */
export function areaOf(url: string | undefined): string {
	const path = pathOf(url);
	if (path.startsWith(SOCKET_PATH)) return 'socket';
	if (isUnder(FILE_UPLOAD_PATH, path)) return 'upload';
	if (isUnder('/api/files', path)) return 'file';
	if (COMPAT_ROOTS.some((root) => isUnder(root, path))) return 'compat';
	if (isUnder(API_ROOT, path)) return 'app';
	return isUnder(ASSETS_ROOT, path) ? 'asset' : 'page';
}

/** Counts and times the requests of a server. Connections that became sockets are not requests any more. */
export function measureHttp(server: Server, metrics: Metrics): void {
	server.on('request', ({ url }, response: ServerResponse) => {
		const from = performance.now();
		const area = areaOf(url);
		response.once('close', () => {
			// What was cut before it was answered has no status of its own.
			const status = response.headersSent ? `${Math.trunc(response.statusCode / 100)}xx` : 'none';
			metrics.http.observe({ area, status }, secondsSince(from));
		});
	});
}
