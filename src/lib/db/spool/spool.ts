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
	/** bytes of the archive when it was opened */
	readonly size: number;
	append(to: SpoolFile, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
	cut(file: SpoolFile, size: number): Promise<void>;
	/** Resolves when what was written would outlive the browser. */
	flush(): Promise<void>;
	close(): Promise<void>;
}

/** What the worker says when the spool is opened. */
type Opened = Pick<Spool, 'journal' | 'size'>;
type Ask = (question: ToSpool) => Promise<Opened>;

/** Asks a worker; once it has failed, nothing that is asked is answered any more, and rejects at once. */
function asking(worker: SpoolWorker): Ask {
	const waiting = new Map<number, { resolve(opened: Opened): void; reject(error: Error): void }>();
	let id = 0;
	let failed: Error | null = null;
	worker.addEventListener('message', ({ data }) => {
		const asked = waiting.get(data.id);
		waiting.delete(data.id);
		if ('error' in data) asked?.reject(new DOMException(data.error.message, data.error.name));
		else asked?.resolve(data);
	});
	worker.addEventListener('error', (event) => {
		failed = new Error(`spool worker: ${event.message}`);
		for (const asked of waiting.values()) asked.reject(failed);
		waiting.clear();
	});
	return (question) =>
		new Promise((resolve, reject) => {
			if (failed) {
				reject(failed);
				return;
			}
			const own = ++id;
			waiting.set(own, { resolve, reject });
			worker.postMessage({ ...question, id: own }, []);
		});
}

/** Opens the spool of an account in a worker of its own. */
export async function openSpool(account: string, start: () => SpoolWorker): Promise<Spool> {
	const worker = start();
	const ask = asking(worker);
	const tell = async (question: ToSpool): Promise<void> => void (await ask(question));
	try {
		const { journal, size } = await ask({ do: 'open', account });
		return {
			journal,
			size,
			append: (to, bytes) => tell({ do: 'append', to, bytes }),
			cut: (file, size) => tell({ do: 'cut', file, size }),
			flush: () => tell({ do: 'flush' }),
			// One that failed has nothing left to close: ending it lets go of its files.
			close: () => tell({ do: 'close' }).finally(() => worker.terminate())
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

/** ms between two tries to remove a spool, and how many there are: other tabs that end let go of it soon. */
const PAUSE = 250;
const TRIES = 20;

const isHeld = (error: unknown): boolean =>
	error instanceof DOMException && error.name === 'NoModificationAllowedError';

/**
 * Removes the spool of an account; waits some seconds while another tab that is ending holds it. Rejects with
 * DOMException "NoModificationAllowedError" when it is held longer.
 */
export async function forgetSpool(account: string): Promise<void> {
	const root = await navigator.storage.getDirectory();
	for (let tries = 1; ; tries++) {
		try {
			await root.removeEntry(spoolFolder(account), { recursive: true });
			return;
		} catch (error) {
			if (isNotThere(error)) return;
			if (!isHeld(error) || tries === TRIES) throw error;
		}
		await new Promise((resolve) => setTimeout(resolve, PAUSE));
	}
}
