/** Taking conversations out of here as a file that is readable without us. Loaded when it is first asked for. */
import { canSpool, forgetSpool, openSpool, spooledFile } from '../../../db/spool/spool.ts';
import { readJournal, type Scope } from '../../../export/journal.ts';
import { language } from '../../../i18n/language.svelte.ts';
import { browserClock } from '../../../net/browser.ts';
import { anySignal } from '../../../sync/any-signal.ts';
import { SPOOL_WORKER, workerUrl } from '../../worker-url.ts';
import { runExport, type ExportParts, type ExportProgress } from './run-export.ts';

/** What lies on this device of the last export. */
export interface PendingExport {
	/** "all", or the id of the one conversation */
	what: string;
	isComplete: boolean;
	/** bytes; and when it was begun, ms */
	size: number;
	made: number;
	/** whether all that belongs to it is in it, as far as it is */
	isWhole: boolean;
}

export interface Exports {
	/** Whether this browser can make one. */
	readonly canExport: boolean;
	/** null: there is none */
	pending(): Promise<PendingExport | null>;
	/**
	 * Begins an export, or goes on with the one that was left if it is of the same. Rejects with the signal's reason, with
	 * LinkError or TypeError when the network went away (it goes on from there), with DOMException "QuotaExceededError"
	 * when there is no room, "NoModificationAllowedError" while another tab makes one.
	 * @param rooms what is taken, with the names it has on screen
	 */
	run(
		scope: Pick<Scope, 'what' | 'rooms'>,
		signal: AbortSignal,
		tell: (progress: ExportProgress) => void
	): Promise<void>;
	/** The complete file; null when there is none. */
	file(): Promise<File | null>;
	/** Removes what lies on this device of it. */
	forget(): Promise<void>;
}

/** A file of a message, from the worker's cache or the server. */
async function fetchFile(
	id: string,
	signal: AbortSignal
): Promise<ReadableStream<Uint8Array> | null> {
	const answer = await fetch(`/api/files/${id}`, { signal });
	if (answer.ok) return answer.body;
	// It is gone, or not this person's any more; anything else may be another answer later.
	if (answer.status === 404 || answer.status === 403) return null;
	throw new TypeError(`answered ${answer.status}`);
}

/** That the account is being ended here: aborts what is under way, and waits for it. */
interface Ending {
	readonly signal: AbortSignal;
	readonly work: Set<Promise<unknown>>;
}

/** What was asked, or the signal's reason: nobody answers any more once the account is being ended. */
function endsWith<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		const stop = (): void => reject(signal.reason as Error);
		signal.addEventListener('abort', stop);
		const done = (): void => signal.removeEventListener('abort', stop);
		asked.finally(done).then(resolve, reject);
	});
}

/** @param given whose device it is, and what it has */
export function createExports(
	given: Pick<ExportParts, 'cache' | 'hub' | 'me' | 'isLinked'> & { ending: Ending }
): Exports {
	const { ending } = given;
	const { id } = given.me;
	const server = location.origin;
	const parts = { ...given, fetchFile, server, language: () => language.formats };
	const start = () => new Worker(workerUrl(SPOOL_WORKER), { type: 'module' });

	async function pending(): Promise<PendingExport | null> {
		if (!canSpool()) return null;
		const [journal, zip] = await Promise.all([spooledFile(id, 'journal'), spooledFile(id, 'zip')]);
		const progress = journal && readJournal(await journal.text());
		if (!progress || !zip) return null;
		const { scope, isComplete, missing } = progress;
		return {
			what: scope.what,
			made: scope.made,
			isComplete,
			size: zip.size,
			isWhole: missing === 0
		};
	}

	const run: Exports['run'] = async (scope, signal, tell) => {
		const spool = await openSpool(id, start);
		try {
			const hub: ExportParts['hub'] = {
				ask: (name, question) => endsWith(given.hub.ask(name, question), signal)
			};
			const made = browserClock.now();
			await runExport({ ...parts, hub, spool }, { ...scope, made }, signal, tell);
		} finally {
			await spool.close();
		}
	};

	return {
		canExport: canSpool(),
		pending,
		async run(scope, signal, tell) {
			ending.signal.throwIfAborted();
			const running = run(scope, anySignal([signal, ending.signal]), tell);
			ending.work.add(running);
			await running.finally(() => ending.work.delete(running));
		},
		async file() {
			return (await pending())?.isComplete ? spooledFile(id, 'zip') : null;
		},
		forget: () => forgetSpool(id)
	};
}
