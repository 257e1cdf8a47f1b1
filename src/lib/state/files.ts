/** Files from this device: chosen, kept, queued with their message, and handed in when there is a way. */
import { cell, live, type Live } from '../db/live.ts';
import { browserClock, browserRandom } from '../net/browser.ts';
import { tusTransport } from '../net/tus.ts';
import { LIMITS } from '../protocol/limits.ts';
import { uuid7, type ActId, type MessageId, type RoomId } from '../protocol/ids.ts';
import { refuse, RefusalError, type Refusal } from '../protocol/refusal.ts';
import type { ActDraft } from '../sync/compose.ts';
import { createFileSender, filesOf } from '../sync/file-sender.ts';
import type { FileQueue, LocalFile } from '../sync/ports-files.ts';
import { StoreError, type OutboxStore } from '../sync/ports.ts';

export { kindOfType } from '../sync/local-cards.ts';

/** A file that was chosen, with what this device can tell of it. */
export interface Chosen {
	file: File;
	/** px, of an image that this device can read */
	width: number | null;
	height: number | null;
}

export interface FileVerbs {
	/**
	 * Says something with files. Resolves once text and bytes are durable on this device. Rejects with
	 * RefusalError (too large) or StoreError (no room), and nothing was done.
	 */
	sendFiles(room: RoomId, body: string, chosen: Chosen[], reply?: MessageId): Promise<ActId>;
	/** Files of this device that are on their way, by id. */
	localFiles(): Live<ReadonlyMap<string, LocalFile>>;
	/** The bytes of a file that is on its way; null once it has gone. */
	localBytes(id: string): Promise<Blob | null>;
	/** Does something that may take an unsent act away; its files then go with it. */
	withFilesOf(act: ActId, run: () => Promise<void>): Promise<void>;
	/** Tells whether this tab is to send files now. */
	setSending(on: boolean): void;
	end(): void;
}

interface Parts {
	queue: FileQueue;
	outbox: OutboxStore;
	act: (draft: ActDraft) => Promise<ActId>;
	writing: <T>(write: () => Promise<T>) => Promise<T>;
	report: (fault: unknown) => void;
}

/** Share of what the browser allows that files may fill; the rest is for messages. */
const SHARE = 0.9;

/** Why a file is not even tried, or null. */
export function faultOf(file: Pick<File, 'type' | 'size'>): Refusal | null {
	const limit = file.type.startsWith('image/') ? LIMITS.imageBytes : LIMITS.fileBytes;
	if (file.size === 0) return refuse('file_missing');
	return file.size > limit ? refuse('file_too_large') : null;
}

/** SHA-256 in hex; null where the browser has none (pages without https). */
async function sha256Of(bytes: Blob): Promise<string | null> {
	if (!globalThis.crypto?.subtle) return null;
	const hash = await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer());
	return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Says at once when the browser will not have room, instead of failing in the middle (U13). */
export async function makeSureOfRoom(size: number): Promise<void> {
	if (!navigator.storage?.estimate) return;
	const { usage = 0, quota } = await navigator.storage.estimate();
	if (quota !== undefined && usage + size > quota * SHARE) throw new StoreError('full');
}

export function createFileVerbs({ queue, outbox, act, writing, report }: Parts): FileVerbs {
	/** how far files are that this tab sends; fresher than what is kept */
	const progress = cell<ReadonlyMap<string, number>>(new Map());
	const sender = createFileSender({
		queue,
		outbox,
		transport: tusTransport,
		clock: browserClock,
		onProgress: (id, sent) => progress.set(new Map([...progress.get(), [id, sent]])),
		onFault: report
	});
	let sending = false;
	const unwatch = [
		outbox.watch(() => {
			if (sending) sender.wake();
		})
	];

	async function keep(room: RoomId, { file, width, height }: Chosen): Promise<string> {
		const id = uuid7(browserClock.now(), browserRandom.bytes(10));
		const local: LocalFile = {
			...{ id, room, name: file.name || 'file', type: file.type, size: file.size, width, height },
			...{ at: browserClock.now(), state: 'waiting', sent: 0, url: null, refusal: null },
			sha256: await sha256Of(file)
		};
		await queue.add(local, file);
		return id;
	}

	return {
		async sendFiles(room, body, chosen, reply) {
			for (const { file } of chosen) {
				const refusal = faultOf(file);
				if (refusal) throw new RefusalError(refusal);
			}
			const files: string[] = [];
			try {
				return await writing(async () => {
					await makeSureOfRoom(chosen.reduce((sum, { file }) => sum + file.size, 0));
					for (const one of chosen) files.push(await keep(room, one));
					const answers = reply === undefined ? {} : { reply };
					return act({ kind: 'message.post', room, body, files, ...answers });
				});
			} catch (error) {
				await queue.remove(files).catch(report);
				throw error;
			}
		},
		localFiles: () =>
			live(
				async () => {
					const sent = progress.get();
					const files = await queue.all();
					return new Map(
						files.map((file) => [
							file.id,
							{ ...file, sent: Math.max(file.sent, sent.get(file.id) ?? 0) }
						])
					);
				},
				[(changed) => queue.watch(changed), progress.watch],
				report
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
		setSending(on) {
			sending = on;
			if (on) sender.wake();
			else sender.rest();
		},
		end() {
			for (const end of unwatch) end();
			sender.rest();
		}
	};
}
