/**
 * Where an export grows until it is complete: a file in the origin's private file system, with a journal beside it that
 * says how far it is. Nothing of it is in memory. Rejects with DOMException: "NoModificationAllowedError" when another tab
 * has it open, "QuotaExceededError" when there is no room.
 */
import {
	SPOOL_FILES,
	spoolFolder,
	type SpoolAnswer,
	type SpoolFile,
	type SpoolQuestion,
	type ToSpool
} from './spool-messages.ts';

/** As much of a worker as is used. */
interface SpoolWorker {
	postMessage(message: SpoolQuestion, transfer: Transferable[]): void;
	addEventListener(type: 'message', heard: (event: MessageEvent<SpoolAnswer>) => void): void;
	addEventListener(type: 'error', heard: (event: ErrorEvent) => void): void;
	terminate(): void;
}

/** A spool that is open. */
export interface Spool {
	/** what the journal said when it was opened */
	readonly journal: string;
	append(to: SpoolFile, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
	cut(file: SpoolFile, size: number): Promise<void>;
	/** Resolves when what was written would outlive the browser. */
	flush(): Promise<void>;
	close(): Promise<void>;
}

/** Opens the spool of an account in a worker of its own. */
export async function openSpool(account: string, start: () => SpoolWorker): Promise<Spool> {
	const worker = start();
	const waiting = new Map<number, { resolve(journal: string): void; reject(error: Error): void }>();
	let id = 0;
	worker.addEventListener('message', ({ data }) => {
		const asked = waiting.get(data.id);
		waiting.delete(data.id);
		if ('error' in data) asked?.reject(new DOMException(data.error.message, data.error.name));
		else asked?.resolve(data.journal);
	});
	worker.addEventListener('error', (event) => {
		for (const asked of waiting.values()) asked.reject(new Error(`spool worker: ${event.message}`));
		waiting.clear();
	});
	const ask = (question: ToSpool): Promise<string> =>
		new Promise((resolve, reject) => {
			const own = ++id;
			waiting.set(own, { resolve, reject });
			worker.postMessage({ ...question, id: own }, []);
		});
	const tell = async (question: ToSpool): Promise<void> => void (await ask(question));
	try {
		const journal = await ask({ do: 'open', account });
		return {
			journal,
			append: (to, bytes) => tell({ do: 'append', to, bytes }),
			cut: (file, size) => tell({ do: 'cut', file, size }),
			flush: () => tell({ do: 'flush' }),
			async close() {
				await tell({ do: 'close' });
				worker.terminate();
			}
		};
	} catch (error) {
		worker.terminate();
		throw error;
	}
}

const isNotThere = (error: unknown): boolean =>
	error instanceof DOMException && error.name === 'NotFoundError';

/** Whether this browser has a file system of the site's own. */
export const canSpool = (): boolean => typeof navigator.storage?.getDirectory === 'function';

/** A file of the spool as it lies on the disk; null when there is none. */
export async function spooledFile(account: string, file: SpoolFile): Promise<File | null> {
	try {
		const root = await navigator.storage.getDirectory();
		const folder = await root.getDirectoryHandle(spoolFolder(account));
		return await (await folder.getFileHandle(SPOOL_FILES[file])).getFile();
	} catch (error) {
		if (isNotThere(error)) return null;
		throw error;
	}
}

/** Removes the spool of an account. */
export async function forgetSpool(account: string): Promise<void> {
	try {
		const root = await navigator.storage.getDirectory();
		await root.removeEntry(spoolFolder(account), { recursive: true });
	} catch (error) {
		if (!isNotThere(error)) throw error;
	}
}
