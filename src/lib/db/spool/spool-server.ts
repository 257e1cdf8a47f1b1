/** The worker's side of a spool: files that grow at their end, which only a worker can write without copying them. */
import {
	SPOOL_FILES,
	spoolFolder,
	type SpoolAnswer,
	type SpoolFile,
	type SpoolQuestion,
	type ToSpool
} from './spool-messages.ts';

/** As much of a file of the private file system as is used here. */
interface Handle {
	getSize(): number;
	read(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
	write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
	truncate(size: number): void;
	flush(): void;
	close(): void;
}
interface Folder {
	getFileHandle(
		name: string,
		options: { create: boolean }
	): Promise<{ createSyncAccessHandle(): Promise<Handle> }>;
}

/** What the answer to opening says, and to anything else. */
interface Opened {
	journal: string;
	size: number;
}
const NOTHING: Opened = { journal: '', size: 0 };

/** Serves one page. @param root the private file system */
export function serveSpool(
	root: () => Promise<{
		getDirectoryHandle(name: string, o: { create: boolean }): Promise<Folder>;
	}>,
	post: (answer: SpoolAnswer) => void
): (question: SpoolQuestion) => void {
	const handles = new Map<SpoolFile, Handle>();
	let last: Promise<void> = Promise.resolve();

	async function open(account: string): Promise<Opened> {
		const folder = await (await root()).getDirectoryHandle(spoolFolder(account), { create: true });
		for (const [kind, name] of Object.entries(SPOOL_FILES) as [SpoolFile, string][]) {
			const file = await folder.getFileHandle(name, { create: true });
			handles.set(kind, await file.createSyncAccessHandle());
		}
		const journal = handles.get('journal')!;
		const bytes = new Uint8Array(journal.getSize());
		journal.read(bytes, { at: 0 });
		return { journal: new TextDecoder().decode(bytes), size: handles.get('zip')!.getSize() };
	}

	function append(handle: Handle, bytes: Uint8Array<ArrayBuffer>): void {
		let at = handle.getSize();
		for (let done = 0; done < bytes.length;) {
			const written = handle.write(bytes.subarray(done), { at });
			if (written === 0) throw new DOMException('no room left', 'QuotaExceededError');
			done += written;
			at += written;
		}
	}

	function closeAll(): void {
		for (const handle of handles.values()) handle.close();
		handles.clear();
	}

	async function answer(question: ToSpool): Promise<Opened> {
		switch (question.do) {
			case 'open':
				try {
					return await open(question.account);
				} catch (error) {
					closeAll();
					throw error;
				}
			case 'append':
				append(handles.get(question.to)!, question.bytes);
				break;
			case 'cut':
				handles.get(question.file)!.truncate(question.size);
				break;
			case 'flush':
				// The archive first: what the journal tells of is there.
				handles.get('zip')!.flush();
				handles.get('journal')!.flush();
				break;
			case 'close':
				closeAll();
		}
		return NOTHING;
	}

	return (question) => {
		last = last.then(async () => {
			try {
				post({ id: question.id, ...(await answer(question)) });
			} catch (error) {
				const { name, message } = error as Error;
				post({ id: question.id, error: { name, message } });
			}
		});
	};
}
