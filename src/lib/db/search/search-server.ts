/** The worker's side: answers a page's questions by the index of its account. */
import { toStoreError } from '../store-error.ts';
import type { LocalSearch } from './local-search.ts';
import type { FromSearchWorker, ToSearchWorker } from './worker-messages.ts';

/** An index as the worker has it. */
interface ServedIndex extends LocalSearch {
	build(on: boolean): void;
}

interface ServerParts {
	/** @param onError called with what ends the upkeep */
	open(account: string, onError: (error: unknown) => void): ServedIndex;
	post(message: FromSearchWorker): void;
}

/** Answers what is to be called with every message of the page. */
export function serveSearch({ open, post }: ServerParts): (message: ToSearchWorker) => void {
	let index: ServedIndex | null = null;
	const running = new Map<number, AbortController>();

	async function answer(message: Extract<ToSearchWorker, { id: number }>): Promise<void> {
		const { id } = message;
		const given = new AbortController();
		running.set(id, given);
		try {
			if (message.type === 'search') {
				post({ type: 'found', id, answer: await index!.search(message.ask, given.signal) });
			} else post({ type: 'counted', id, unprepared: await index!.countUnprepared() });
		} catch (error) {
			if (!given.signal.aborted) post({ type: 'failed', id, reason: toStoreError(error).reason });
		} finally {
			running.delete(id);
		}
	}

	return (message) => {
		if (message.type === 'open') {
			index = open(message.account, (error) =>
				post({ type: 'stopped', reason: toStoreError(error).reason })
			);
		} else if (message.type === 'build') index?.build(message.on);
		else if (message.type === 'cancel') running.get(message.id)?.abort();
		else void answer(message);
	};
}
