/**
 * Sends files, oldest first, one at a time, while this tab leads and there is a link. A message waits in
 * its lane until all its files are on the server; a refused file refuses its message, whose text stays.
 */
import { anySignal } from '../any-signal.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import type { FileQueue, FileTransport, HandedIn, LocalFile } from '../ports-files.ts';
import type { Clock, OutboxRow, OutboxStore, Settlement } from '../ports.ts';
import { filesOf } from './files-of-acts.ts';

/** ms after which a failed try is repeated while there is a link, growing up to the longest. */
const RETRY = 2_000;
const RETRY_MAX = 60_000;
/** ms between two notes in the queue of how far a file is. */
const KEEP_EVERY = 1_000;
/** ms after which a file that no act names is taken for given up: the act follows it within moments. */
const GIVEN_UP = 3_600_000;

/** Files on their way, and the way on which they go. */
export interface FileSending {
	queue: FileQueue;
	transport: FileTransport;
	/** how far a file is (bytes), as it goes; called often, kept seldom */
	onProgress?: (id: string, sent: number) => void;
}

interface FileSenderParts extends FileSending {
	outbox: OutboxStore;
	clock: Clock;
	onError: (error: unknown) => void;
}

/** ms to wait after so many failures in a row. */
const backoffFor = (failures: number) =>
	Math.min(RETRY_MAX, RETRY * 2 ** Math.min(failures - 1, 5));

/** The file that is going up. */
interface Upload {
	file: LocalFile;
	stop: AbortController;
	/** bytes that the server has had at the most */
	furthest: number;
	/** what the queue was told last of where the upload goes on, and when (elapsed) */
	kept: { url: string | null; at: number };
}

/** The sender of files. It begins when it is woken. */
export class FileSender {
	private readonly parts: FileSenderParts;
	private isAwake = false;
	private isRunning = false;
	private stop = new AbortController();
	private current: Upload | null = null;
	private failures = 0;
	private cancelRetry = (): void => undefined;

	constructor(parts: FileSenderParts) {
		this.parts = parts;
	}

	/** Looks whether there is something to send, and sends it. */
	wake(): void {
		if (this.stop.signal.aborted) this.stop = new AbortController();
		this.isAwake = true;
		this.endUnwanted().catch(this.parts.onError);
		void this.run();
	}

	/** Nothing is sent from now on, until woken again. */
	rest(): void {
		this.isAwake = false;
		this.cancelRetry();
		this.stop.abort();
	}

	private async run(): Promise<void> {
		if (this.isRunning || !this.isAwake) return;
		this.isRunning = true;
		this.cancelRetry();
		try {
			while (this.isAwake) {
				const file = await this.next();
				if (!file || !(await this.send(file))) break;
			}
		} catch (error) {
			// Whoever rests may have closed what was being read.
			if (!this.isAwake) return;
			this.parts.onError(error);
			this.retry(null);
		} finally {
			this.isRunning = false;
		}
	}

	private retry(after: number | null): void {
		this.failures += 1;
		const ms = after ?? backoffFor(this.failures);
		this.cancelRetry = this.parts.clock.after(ms, () => void this.run());
	}

	private async next(): Promise<LocalFile | null> {
		const { queue, outbox } = this.parts;
		const rows = await outbox.all();
		const files = await this.removeLeft(await queue.all(), rows);
		const wanted = new Set(rows.filter((row) => row.state === 'queued').flatMap(filesOf));
		// A refused one is wanted again when the person tries its message again.
		return files.find((file) => file.state !== 'sent' && wanted.has(file.id)) ?? null;
	}

	/** A file whose act is gone (discarded, or accepted) is of no use any more. */
	private async removeLeft(files: LocalFile[], rows: OutboxRow[]): Promise<LocalFile[]> {
		const wanted = new Set(rows.flatMap(filesOf));
		const isLeft = (file: LocalFile) =>
			!wanted.has(file.id) &&
			(file.state === 'sent' || this.parts.clock.now() - file.at > GIVEN_UP);
		const left = files.filter(isLeft).map((file) => file.id);
		if (left.length > 0) await this.parts.queue.remove(left);
		return files.filter((file) => !left.includes(file.id));
	}

	/** @returns whether to go on with the next file at once */
	private async send(file: LocalFile): Promise<boolean> {
		if (file.state !== 'refused') return this.upload(file);
		const anew = { state: 'waiting', sent: 0, url: null, refusal: null } as const;
		await this.parts.queue.change(file.id, anew);
		return this.upload({ ...file, ...anew });
	}

	private async upload(file: LocalFile): Promise<boolean> {
		const { queue, transport, clock, onError } = this.parts;
		const bytes = await queue.bytes(file.id);
		if (!bytes) {
			await queue.remove([file.id]);
			return true;
		}
		const upload: Upload = {
			file,
			stop: new AbortController(),
			furthest: file.sent,
			kept: { url: file.url, at: clock.elapsed() }
		};
		this.current = upload;
		// Its message may have been taken back since it was chosen.
		this.endUnwanted().catch(onError);
		const answer = await transport.handIn(
			file,
			bytes,
			(change) => this.noteProgress(upload, change),
			anySignal([this.stop.signal, upload.stop.signal])
		);
		this.current = null;
		if (upload.stop.signal.aborted) {
			await queue.remove([file.id]);
			return true;
		}
		return this.settle(file, answer);
	}

	private noteProgress(upload: Upload, { url, sent }: Pick<LocalFile, 'url' | 'sent'>): void {
		const { queue, clock, onProgress, onError } = this.parts;
		onProgress?.(upload.file.id, sent);
		// A line that is cut now and then is no reason to wait longer each time: it carries.
		if (sent > upload.furthest) this.failures = 0;
		upload.furthest = Math.max(upload.furthest, sent);
		// Kept often enough for other tabs to follow, and at once where the upload goes on.
		if (url === upload.kept.url && clock.elapsed() - upload.kept.at < KEEP_EVERY) return;
		upload.kept = { url, at: clock.elapsed() };
		queue.change(upload.file.id, { url, sent }).catch(onError);
	}

	/** @returns whether to go on with the next file at once */
	private async settle(file: LocalFile, answer: HandedIn): Promise<boolean> {
		const { queue } = this.parts;
		if (answer.is === 'later') {
			if (this.isAwake) this.retry(answer.after);
			return false;
		}
		this.failures = 0;
		if (answer.is === 'done') {
			await queue.change(file.id, { state: 'sent', sent: file.size });
			return true;
		}
		await queue.change(file.id, { state: 'refused', refusal: answer.refusal });
		await this.refuseActs(file.id, answer.refusal);
		return true;
	}

	private async refuseActs(file: string, refusal: Refusal): Promise<void> {
		const { outbox } = this.parts;
		const settlements = (await outbox.all())
			.filter((row) => filesOf(row).includes(file))
			.map((row): Settlement => ({ id: row.id, to: 'refused', refusal }));
		await outbox.settle(settlements);
	}

	/** Ends the file that goes up when nobody wants it any more: its message was taken back. */
	private async endUnwanted(): Promise<void> {
		const upload = this.current;
		if (!upload) return;
		const rows = await this.parts.outbox.all();
		if (!rows.some((row) => filesOf(row).includes(upload.file.id))) upload.stop.abort();
	}
}
