/**
 * Sends files, oldest first, one at a time, while this tab leads and there is a link. A message waits in
 * its lane until all its files are on the server; a refused file refuses its message, whose text stays.
 */
import type { FileQueue, FileTransport, LocalFile } from './ports-files.ts';
import type { Clock, OutboxRow, OutboxStore, Settlement } from './ports.ts';

/** ms after which a failed try is repeated while there is a link, growing up to the longest. */
const RETRY = 2_000;
const RETRY_MAX = 60_000;
/** ms after which a file that no act names is taken for given up: the act follows it within moments. */
const GIVEN_UP = 3_600_000;

interface Parts {
	queue: FileQueue;
	transport: FileTransport;
	outbox: OutboxStore;
	clock: Clock;
	/** how far a file is, as it goes; told often, kept seldom */
	onProgress?: (id: string, sent: number) => void;
	onFault: (fault: unknown) => void;
}

export interface FileSender {
	/** Looks whether there is something to send, and sends it. */
	wake(): void;
	/** Nothing is sent from now on, until woken again. */
	rest(): void;
}

/** The files of an act. */
export const filesOf = ({ act }: Pick<OutboxRow, 'act'>): readonly string[] =>
	act.kind === 'message.post' ? (act.files ?? []) : [];

/** Acts that have to wait: those with files that are not on the server. */
export function heldByFiles(rows: OutboxRow[], files: LocalFile[]): ReadonlySet<string> {
	const unsent = new Set(files.filter((file) => file.state !== 'sent').map((file) => file.id));
	return new Set(
		rows.filter((row) => filesOf(row).some((id) => unsent.has(id))).map((row) => row.id)
	);
}

/** What the sender of acts asks before each request; nothing is looked up while no act carries files. */
export function waitsForFiles(queue: FileQueue | undefined) {
	return async (rows: OutboxRow[]): Promise<ReadonlySet<string>> => {
		if (!queue || rows.every((row) => filesOf(row).length === 0)) return new Set();
		return heldByFiles(rows, await queue.all());
	};
}

export function createFileSender(parts: Parts): FileSender {
	const { queue, transport, outbox, clock } = parts;
	let awake = false;
	let running = false;
	let stop = new AbortController();
	/** the file that is going up */
	let current: { id: string; stop: AbortController } | null = null;
	let cancelRetry = () => {};
	let failures = 0;

	/** A file whose act is gone (discarded, or accepted) is of no use any more. */
	async function clear(files: LocalFile[], rows: OutboxRow[]): Promise<LocalFile[]> {
		const wanted = new Set(rows.flatMap(filesOf));
		const isLeft = (file: LocalFile) =>
			!wanted.has(file.id) && (file.state === 'sent' || clock.now() - file.at > GIVEN_UP);
		const left = files.filter(isLeft).map((file) => file.id);
		if (left.length > 0) await queue.remove(left);
		return files.filter((file) => !left.includes(file.id));
	}

	async function refuseActs(file: LocalFile, rows: OutboxRow[]): Promise<void> {
		const settlements = rows
			.filter((row) => filesOf(row).includes(file.id))
			.map((row): Settlement => ({ id: row.id, to: 'refused', refusal: file.refusal! }));
		await outbox.settle(settlements);
	}

	/** Ends the file that goes up when nobody wants it any more: its message was taken back. */
	async function endUnwanted(): Promise<void> {
		const going = current;
		if (!going) return;
		const rows = await outbox.all();
		if (!rows.some((row) => filesOf(row).includes(going.id))) going.stop.abort();
	}

	async function next(): Promise<LocalFile | null> {
		const rows = await outbox.all();
		const files = await clear(await queue.all(), rows);
		const wanted = new Set(rows.filter((row) => row.state === 'queued').flatMap(filesOf));
		// A refused one is wanted again when the person tries its message again.
		return files.find((file) => file.state !== 'sent' && wanted.has(file.id)) ?? null;
	}

	function retry(after: number | null): void {
		failures += 1;
		const ms = after ?? Math.min(RETRY_MAX, RETRY * 2 ** Math.min(failures - 1, 5));
		cancelRetry = clock.after(ms, () => void run());
	}

	/** @returns whether to go on with the next file at once */
	async function sendOne(file: LocalFile): Promise<boolean> {
		if (file.state !== 'refused') return handIn(file);
		const anew = { state: 'waiting', sent: 0, url: null, refusal: null } as const;
		await queue.change(file.id, anew);
		return handIn({ ...file, ...anew });
	}

	async function handIn(file: LocalFile): Promise<boolean> {
		const bytes = await queue.bytes(file.id);
		if (!bytes) {
			await queue.remove([file.id]);
			return true;
		}
		const known = { url: file.url, at: clock.elapsed() };
		let furthest = file.sent;
		const own = new AbortController();
		current = { id: file.id, stop: own };
		// Its message may have been taken back since it was chosen.
		endUnwanted().catch(parts.onFault);
		const answer = await transport.handIn(
			file,
			bytes,
			({ url, sent }) => {
				parts.onProgress?.(file.id, sent);
				// A line that is cut now and then is no reason to wait longer each time: it carries.
				if (sent > furthest) failures = 0;
				furthest = Math.max(furthest, sent);
				// Kept often enough for other tabs to follow, and at once where the upload goes on.
				if (url === known.url && clock.elapsed() - known.at < 1_000) return;
				Object.assign(known, { url, at: clock.elapsed() });
				queue.change(file.id, { url, sent }).catch(parts.onFault);
			},
			AbortSignal.any([stop.signal, own.signal])
		);
		current = null;
		if (own.signal.aborted) {
			await queue.remove([file.id]);
			return true;
		}
		if (answer.is === 'later') {
			if (awake) retry(answer.after);
			return false;
		}
		failures = 0;
		if (answer.is === 'done') {
			await queue.change(file.id, { state: 'sent', sent: file.size });
			return true;
		}
		const refused: LocalFile = { ...file, state: 'refused', refusal: answer.refusal };
		await queue.change(file.id, { state: 'refused', refusal: answer.refusal });
		await refuseActs(refused, await outbox.all());
		return true;
	}

	async function run(): Promise<void> {
		if (running || !awake) return;
		running = true;
		cancelRetry();
		try {
			while (awake) {
				const file = await next();
				if (!file || !(await sendOne(file))) break;
			}
		} catch (fault) {
			// Whoever rests may have closed what was being read.
			if (!awake) return;
			parts.onFault(fault);
			retry(null);
		} finally {
			running = false;
		}
	}

	return {
		wake() {
			if (stop.signal.aborted) stop = new AbortController();
			awake = true;
			endUnwanted().catch(parts.onFault);
			void run();
		},
		rest() {
			awake = false;
			cancelRetry();
			stop.abort();
		}
	};
}
