/** Ends uploads whose last byte has come: they are checked, and become stored files. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import type { Upload } from '@tus/server';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Quota } from './quota.ts';
import { removeCopies, storeUpload, type StorageContext } from './store-upload.ts';
import { isUploadOf, readMetadata, type UploadMetadata } from './upload-metadata.ts';

/** The file store of tus, which still knows uploads that became files in the request that ended them. */
export class UploadStore extends FileStore {
	readonly #finished = new Map<string, Upload>();

	override async getUpload(id: string): Promise<Upload> {
		return this.#finished.get(id) ?? super.getUpload(id);
	}

	/** tus asks for an upload once more after it was finished, when its file is gone. */
	rememberFinished(upload: Upload): void {
		this.#finished.set(upload.id, upload);
	}

	forgetFinished(person: PersonId): void {
		for (const id of this.#finished.keys()) {
			if (isUploadOf(person, id)) this.#finished.delete(id);
		}
	}
}

export interface FinishContext extends StorageContext {
	/** folder for what is under way */
	dir: string;
	quota: Quota;
}

export class UploadFinisher {
	readonly #context: FinishContext;
	readonly #store: UploadStore;
	/** upload -> what finishes it, while that is under way */
	readonly #running = new Map<string, Promise<void>>();

	constructor(context: FinishContext, store: UploadStore) {
		this.#context = context;
		this.#store = store;
	}

	/** Makes a file of an upload that is whole; once, however often it is asked for. Rejects with RefusalError. */
	finish(person: PersonId, { id, metadata }: Pick<Upload, 'id' | 'metadata'>): Promise<void> {
		const running = this.#running.get(id);
		if (running) return running;
		const finished = this.#finish(id, person, readMetadata(metadata)).finally(() =>
			this.#running.delete(id)
		);
		this.#running.set(id, finished);
		return finished;
	}

	/**
	 * Finishes an upload whose last byte came just before the server ended: else the device, which asks how
	 * far it came, would take it for handed in.
	 */
	async finishIfWhole(person: PersonId, id: string): Promise<void> {
		const upload = await this.#store.getUpload(id).catch(() => null);
		if (upload?.size === undefined || upload.offset !== upload.size) return;
		await this.finish(person, upload);
	}

	async #finish(id: string, person: PersonId, metadata: UploadMetadata): Promise<void> {
		const { quota, dir, table } = this.#context;
		const path = join(dir, id);
		try {
			// The server may have ended when the file was there, and the upload not yet forgotten (UPLOAD-12).
			const known = await table.find(metadata.id);
			if (known?.person !== person) await this.#take(id, person, metadata);
		} catch (error) {
			// What is wrong with it does not become right by going on: the next try begins anew.
			if (error instanceof RefusalError && error.refusal.code !== 'busy') {
				quota.release(id);
				await removeCopies(path);
				await this.#store.remove(id);
			}
			throw error;
		}
		quota.release(id);
		// Its bytes have been copied: what is left is the original, and the note about it.
		await rm(path, { force: true });
		await this.#store.configstore.delete(id);
	}

	async #take(id: string, person: PersonId, metadata: UploadMetadata): Promise<void> {
		const { quota, dir } = this.#context;
		const path = join(dir, id);
		await verifyChecksum(path, metadata.sha256);
		// What was reserved is forgotten when the server starts anew.
		await quota.reserve(person, id, (await stat(path)).size);
		await storeUpload(this.#context, path, person, metadata);
	}
}

/** @param expected SHA-256, hex; none: nothing is checked */
async function verifyChecksum(path: string, expected: string | null | undefined): Promise<void> {
	if (!expected) return;
	const hash = createHash('sha256');
	await pipeline(createReadStream(path), hash);
	if (hash.digest('hex') !== expected) {
		throw new RefusalError(refuse('file_damaged', { after: 1_000 }));
	}
}
