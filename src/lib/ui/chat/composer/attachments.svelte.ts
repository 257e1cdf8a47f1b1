/** Files that were picked and wait in the composer until they are sent or taken away, as the screen shows them. */
import { m } from '../../../i18n/messages.ts';
import { refusalText, storeFailureText } from '../../../i18n/refusals.ts';
import { bytesToCopy, faultOf, makeSureOfRoom } from '../../../state/client/files.ts';
import { faceOf, factsOf, type Attached } from './attached.ts';
import { AttachedFiles, type FilesOfDraft } from './attached-files.ts';

/** A folder, or a file that has gone since, cannot be read. */
async function isReadable(file: File): Promise<boolean> {
	try {
		return (await file.slice(0, 1).arrayBuffer()).byteLength === 1;
	} catch {
		return false;
	}
}

/** Why a file cannot go with these others, in words, or null. */
async function reasonAgainst(file: File, others: readonly Attached[]): Promise<string | null> {
	const refusal = file.size === 0 ? null : faultOf(file);
	if (refusal) return refusalText(refusal);
	if (!(await isReadable(file))) return m.file_empty();
	try {
		await makeSureOfRoom(file.size + bytesToCopy(others));
	} catch (error) {
		return storeFailureText(error);
	}
	return null;
}

export class Attachments {
	items = $state.raw<readonly Attached[]>([]);
	/** what could not be added or kept, in words */
	fault = $state<string | null>(null);
	/** what has just been added, for those who do not see it */
	news = $state('');
	/** times that files were added and are not looked at yet */
	#adding = $state(0);
	readonly #files: AttachedFiles;

	/** @param failed is told when something kept could not be read or removed */
	constructor(files: FilesOfDraft, failed: (error: unknown) => void) {
		this.#files = new AttachedFiles(files, {
			reasonAgainst,
			factsOf,
			face: faceOf,
			revoke: (url) => URL.revokeObjectURL(url),
			show: (items) => (this.items = items),
			tell: (faults, news) => {
				this.fault = faults.length > 0 ? faults.join('\n') : null;
				this.news = news.join('\n');
			},
			failed
		});
	}

	/** Whether some of it would be lost if this window went away now. */
	get isAtRisk(): boolean {
		return this.#adding > 0 || this.items.some(({ isSafe }) => !isSafe);
	}

	/** See AttachedFiles, for this and all that follow. */
	follow(): () => void {
		return this.#files.follow();
	}

	async add(files: readonly File[]): Promise<void> {
		this.#adding++;
		try {
			await this.#files.add(files);
		} finally {
			this.#adding--;
		}
	}

	addShared(files: readonly File[]): Promise<readonly File[]> {
		return this.#files.addShared(files);
	}

	/** See AttachedFiles. */
	settled(): Promise<boolean> {
		return this.#files.settled();
	}

	/** See AttachedFiles. */
	remove(key: number, forgotten?: Promise<void>): void {
		this.fault = null;
		this.#files.remove(key, forgotten);
	}

	take(): readonly Attached[] {
		this.fault = null;
		return this.#files.take();
	}

	restore(taken: readonly Attached[]): void {
		this.#files.restore(taken);
	}

	release(taken: readonly Attached[]): void {
		this.#files.release(taken);
	}
}
