/** Files that were chosen and wait in the composer until they are sent or taken away. */
import { m } from '../../../i18n/messages.ts';
import { refusalText, storeFailureText } from '../../../i18n/refusals.ts';
import { LIMITS } from '../../../protocol/limits.ts';
import { faultOf, kindOfType, makeSureOfRoom, type Chosen } from '../../../state/files.ts';
import { filmSize } from '../files/film.ts';

/** A file in the strip above the field. */
export interface Attached extends Chosen {
	key: number;
	/** shows it, when it is a picture that this browser can read; revoked with it */
	url: string | null;
}

let count = 0;

/** Reads the size of a picture as it will be shown; null when it is none that this browser can read. */
async function pictureSize(url: string): Promise<{ width: number; height: number } | null> {
	const image = new Image();
	image.src = url;
	try {
		await image.decode();
	} catch {
		// Sent all the same, as a file.
		return null;
	}
	return { width: image.naturalWidth, height: image.naturalHeight };
}

async function attach(file: File): Promise<Attached> {
	const plain = { key: ++count, file, url: null, width: null, height: null };
	const kind = kindOfType(file.type);
	if (kind !== 'image' && kind !== 'video') return plain;
	const url = URL.createObjectURL(file);
	const size = await (kind === 'image' ? pictureSize : filmSize)(url);
	if (size && kind === 'image') return { ...plain, url, ...size };
	URL.revokeObjectURL(url);
	return { ...plain, ...size };
}

/** A folder, or a file that has gone since, cannot be read. */
async function isReadable(file: File): Promise<boolean> {
	try {
		return (await file.slice(0, 1).arrayBuffer()).byteLength === 1;
	} catch {
		return false;
	}
}

export class Attachments {
	items = $state.raw<readonly Attached[]>([]);
	/** what could not be added, in words */
	fault = $state<string | null>(null);
	/** what has just been added, for those who do not see it */
	news = $state('');
	#reading: Promise<void> = Promise.resolve();

	/** Adds files after those that are there; says at once what cannot be sent, and resolves with those. */
	add(files: readonly File[]): Promise<readonly File[]> {
		const adding = this.#reading.then(() => this.#add(files));
		this.#reading = adding.then(() => undefined);
		return adding;
	}

	/** Resolves once everything that was added has been looked at. */
	settled(): Promise<void> {
		return this.#reading;
	}

	async #add(files: readonly File[]): Promise<readonly File[]> {
		const added: File[] = [];
		const faults: string[] = [];
		const names: string[] = [];
		for (const file of files) {
			if (this.items.length >= LIMITS.filesMax) {
				faults.push(m.files_too_many({ count: LIMITS.filesMax }));
				break;
			}
			const reason = await this.#reasonAgainst(file);
			if (reason !== null) {
				faults.push(m.file_fault({ name: file.name, reason }));
				continue;
			}
			this.items = [...this.items, await attach(file)];
			added.push(file);
			names.push(m.attachment_added({ name: file.name }));
		}
		this.fault = faults.length > 0 ? faults.join('\n') : null;
		this.news = names.join('\n');
		return files.filter((file) => !added.includes(file));
	}

	async #reasonAgainst(file: File): Promise<string | null> {
		const refusal = file.size === 0 ? null : faultOf(file);
		if (refusal) return refusalText(refusal);
		if (!(await isReadable(file))) return m.file_empty();
		try {
			await makeSureOfRoom(this.items.reduce((sum, one) => sum + one.file.size, file.size));
		} catch (error) {
			return storeFailureText(error);
		}
		return null;
	}

	remove(key: number): void {
		const gone = this.items.find((one) => one.key === key);
		this.items = this.items.filter((one) => one !== gone);
		this.fault = null;
		if (gone?.url) URL.revokeObjectURL(gone.url);
	}

	/** Empties the strip; what was in it goes on its way, or comes back by `restore`. */
	take(): readonly Attached[] {
		const taken = this.items;
		this.items = [];
		this.fault = null;
		return taken;
	}

	/** They could not be kept: back they go, before whatever was added since. */
	restore(taken: readonly Attached[]): void {
		this.items = [...taken, ...this.items];
	}

	/** Lets go of what is shown of them. */
	release(taken: readonly Attached[]): void {
		for (const { url } of taken) if (url) URL.revokeObjectURL(url);
	}

	/** The composer goes away. */
	end(): void {
		this.release(this.take());
	}
}
