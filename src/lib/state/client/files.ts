/** Files from this device: chosen, kept, queued with their message, and handed in when there is a way. */
import { writable, liveValue, type Live } from '../../db/live.ts';
import { browserClock, browserRandom } from '../../net/browser.ts';
import { LIMITS } from '../../protocol/limits.ts';
import { uuid7, type ActId, type MessageId, type RoomId } from '../../protocol/ids.ts';
import { refuse, RefusalError, type Refusal } from '../../protocol/refusal.ts';
import { filesOf } from '../../sync/outbox/files-of-acts.ts';
import type { FileQueue, LocalFile } from '../../sync/ports-files.ts';
import { StoreError, type OutboxStore } from '../../sync/ports.ts';
import type { Act } from './act.ts';

export { kindOfType, shownAs } from '../../read-model/local-file-cards.ts';

/** A file that was chosen, with what this device can tell of it. */
export interface Chosen {
	file: File;
	/** px, of an image that this device can read */
	width: number | null;
	height: number | null;
	/** ms, of a film or a sound that this device can read */
	duration: number | null;
	/** a picture of such a film, JPEG */
	poster: Blob | null;
	/** its id among the draft files, when it is kept there (draft-files.ts): its bytes then go as they lie */
	kept: string | null;
}

export interface FileVerbs {
	/**
	 * Says something with files. Resolves once text and bytes are durable on this device. Rejects with
	 * RefusalError (too large) or StoreError (no room; a kept one is gone), and nothing was done.
	 */
	sendFiles(room: RoomId, body: string, chosen: Chosen[], reply?: MessageId): Promise<ActId>;
	/** Files of this device that are on their way, by id. */
	localFiles(): Live<ReadonlyMap<string, LocalFile>>;
	/** The bytes of a file that is on its way; null once it has gone. */
	localBytes(id: string): Promise<Blob | null>;
	/** Does something that may take an unsent act away; its files then go with it. */
	withFilesOf(act: ActId, run: () => Promise<void>): Promise<void>;
	/** Notes how far a file is that this tab hands in: fresher than what is kept. */
	onProgress(id: string, sent: number): void;
}

interface Parts {
	queue: FileQueue;
	outbox: OutboxStore;
	act: Act;
	writing: <T>(write: () => Promise<T>) => Promise<T>;
	onError: (error: unknown) => void;
}

/** Share of what the browser allows that files may fill; the rest is for messages. */
const SHARE = 0.9;

/** Why a file is not even tried, or null. */
export function faultOf(file: Pick<File, 'size'>): Refusal | null {
	if (file.size === 0) return refuse('file_missing');
	return file.size > LIMITS.fileBytes ? refuse('file_too_large') : null;
}

/** SHA-256 in hex; null where the browser has none (pages without https). */
async function sha256Of(bytes: Blob): Promise<string | null> {
	if (!globalThis.crypto?.subtle) return null;
	const hash = await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer());
	return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Says at once when the browser will not have room, instead of failing in the middle (UPLOAD-13). */
export async function makeSureOfRoom(size: number): Promise<void> {
	if (!navigator.storage?.estimate) return;
	const { usage = 0, quota } = await navigator.storage.estimate();
	if (quota !== undefined && usage + size > quota * SHARE) throw new StoreError('full');
}

/** Bytes of files that sending has to keep first; those of kept ones lie there already. */
export const bytesToCopy = (chosen: readonly Pick<Chosen, 'file' | 'kept'>[]): number =>
	chosen.reduce((sum, { file, kept }) => (kept === null ? sum + file.size : sum), 0);

/** What a device knows of a file before anything of it is sent. */
export async function localFileOf(
	room: RoomId,
	{ file, width, height, duration, poster }: Omit<Chosen, 'kept'>
): Promise<LocalFile> {
	return {
		id: uuid7(browserClock.now(), browserRandom.bytes(10)),
		room,
		name: file.name || 'file',
		type: file.type,
		size: file.size,
		width,
		height,
		duration,
		poster,
		at: browserClock.now(),
		state: 'waiting',
		sent: 0,
		url: null,
		refusal: null,
		sha256: await sha256Of(file)
	};
}

/** Keeps a file with its bytes; answers its id. */
async function keep(queue: FileQueue, room: RoomId, chosen: Chosen): Promise<string> {
	const local = await localFileOf(room, chosen);
	await queue.add(local, chosen.file);
	return local.id;
}

/** Files on their way by id, each as far as it is by what is fresher. */
async function readLocalFiles(
	queue: FileQueue,
	progress: ReadonlyMap<string, number>
): Promise<ReadonlyMap<string, LocalFile>> {
	const files = await queue.all();
	return new Map(
		files.map((file) => [
			file.id,
			{ ...file, sent: Math.max(file.sent, progress.get(file.id) ?? 0) }
		])
	);
}

/** Makes the verbs of one account. */
export function createFileVerbs({ queue, outbox, act, writing, onError }: Parts): FileVerbs {
	/** how far files are that this tab sends; fresher than what is kept */
	const progress = writable<ReadonlyMap<string, number>>(new Map());

	return {
		async sendFiles(room, body, chosen, reply) {
			for (const { file } of chosen) {
				const refusal = faultOf(file);
				if (refusal) throw new RefusalError(refusal);
			}
			const added: string[] = [];
			const files: string[] = [];
			try {
				return await writing(async () => {
					await makeSureOfRoom(bytesToCopy(chosen));
					for (const one of chosen) {
						if (one.kept === null) added.push(await keep(queue, room, one));
						files.push(one.kept ?? added.at(-1)!);
					}
					const answers = reply === undefined ? {} : { reply };
					const picked = chosen.flatMap(({ kept }) => kept ?? []);
					return act({ kind: 'message.post', room, body, files, ...answers }, picked);
				});
			} catch (error) {
				await queue.remove(added).catch(onError);
				throw error;
			}
		},
		localFiles: () =>
			liveValue(
				() => readLocalFiles(queue, progress.get()),
				[(changed) => queue.watch(changed), progress.watch],
				onError
			),
		localBytes: (id) => queue.bytes(id),
		async withFilesOf(id, run) {
			const row = (await outbox.all()).find((one) => one.id === id);
			await run();
			const files = row ? filesOf(row) : [];
			if (files.length === 0) return;
			const wanted = new Set((await outbox.all()).flatMap(filesOf));
			await queue.remove(files.filter((file) => !wanted.has(file)));
		},
		onProgress(id, sent) {
			progress.set(new Map([...progress.get(), [id, sent]]));
		}
	};
}
