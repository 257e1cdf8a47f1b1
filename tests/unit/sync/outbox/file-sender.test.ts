/** Files are sent one after the other, go on after a cut, and hold back only their own lane. */
import { expect, test, vi } from 'vitest';
import { FileSender } from '../../../../src/lib/sync/outbox/file-sender.ts';
import { heldByFiles } from '../../../../src/lib/sync/outbox/files-of-acts.ts';
import { MemoryFileQueue } from '../../../../src/lib/sync/memory/memory-files.ts';
import { MemoryOutboxStore } from '../../../../src/lib/sync/memory/memory-outbox.ts';
import type { FileTransport, HandedIn, LocalFile } from '../../../../src/lib/sync/ports-files.ts';
import { ActSender } from '../../../../src/lib/sync/outbox/act-sender.ts';
import { createReplica } from '../../../../src/lib/sync/engine/replica.ts';
import { MemoryLocalStore } from '../../../../src/lib/sync/memory/memory-store.ts';
import type { Clock, Link } from '../../../../src/lib/sync/ports.ts';
import { refuse } from '../../../../src/lib/protocol/refusal.ts';
import { localFile } from '../../../contract/file-queue.ts';
import { id, ME, post } from '../../../contract/rows.ts';

/** A clock whose waits end at once, in the order in which they were begun. */
const clock: Clock = {
	now: () => 1_000_000,
	elapsed: () => performance.now(),
	after(_ms, run) {
		const timer = setTimeout(run, 0);
		return () => clearTimeout(timer);
	}
};

async function withFile(more: Partial<LocalFile> = {}) {
	const queue = new MemoryFileQueue();
	const outbox = new MemoryOutboxStore();
	const file = localFile(more);
	await queue.add(file, new Blob(['bytes']));
	const act = { ...post(file.room, 'look'), files: [file.id] };
	await outbox.add(act, file.room, 1);
	return { queue, outbox, file, act };
}

function sender(parts: Awaited<ReturnType<typeof withFile>>, answers: HandedIn[]) {
	const tries: (string | null)[] = [];
	const transport: FileTransport = {
		async handIn(file, _bytes, progress) {
			tries.push(file.url);
			progress({ url: '/upload/1', sent: tries.length });
			return answers.shift() ?? { is: 'done' };
		}
	};
	const onError = (error: unknown) => {
		throw error;
	};
	return { tries, made: new FileSender({ ...parts, transport, clock, onError }) };
}

const stateOf = async (queue: MemoryFileQueue) => (await queue.all())[0]?.state;

test('a cut upload goes on where it was, until it is done (complaint 19)', async () => {
	const parts = await withFile();
	const later: HandedIn = { is: 'later', after: null };
	const { tries, made } = sender(parts, [later, later]);
	made.wake();
	await vi.waitFor(async () => expect(await stateOf(parts.queue)).toBe('sent'));
	expect(tries).toEqual([null, '/upload/1', '/upload/1']);
	made.rest();
});

test('a refused file refuses its message, and says why; the text stays (promise 3, F3)', async () => {
	const parts = await withFile();
	const { made } = sender(parts, [{ is: 'refused', refusal: refuse('image_too_large') }]);
	made.wake();
	await vi.waitFor(async () => expect(await stateOf(parts.queue)).toBe('refused'));
	await vi.waitFor(async () =>
		expect((await parts.outbox.all())[0]).toMatchObject({
			state: 'refused',
			refusal: { code: 'image_too_large' },
			act: { body: 'look' }
		})
	);
	made.rest();
});

test('nothing is sent while resting; what was sent and is of no use any more goes', async () => {
	const parts = await withFile();
	const { tries, made } = sender(parts, []);
	made.wake();
	await vi.waitFor(async () => expect(await stateOf(parts.queue)).toBe('sent'));
	made.rest();
	await parts.outbox.discard(parts.act.id);
	made.wake();
	await vi.waitFor(async () => expect(await parts.queue.all()).toEqual([]));
	expect(tries.length).toBe(1);
	made.rest();
});

test('a message waits for its files, and so does what comes after it in its lane only (promise 4, F3)', async () => {
	const { queue, outbox, file } = await withFile();
	const other = id();
	await outbox.add(post(file.room, 'after'), file.room, 2);
	await outbox.add(post(other, 'elsewhere'), other, 3);
	const sent: string[] = [];
	const link = {
		live: true,
		ask: async (_name: string, { acts }: { acts: { id: string; body: string }[] }) => {
			sent.push(...acts.map((act) => act.body));
			return {
				results: acts.map((act) => ({
					status: 'accepted',
					id: act.id,
					stream: other,
					seq: 1,
					rows: []
				}))
			};
		}
	} as unknown as Link;
	const acts = new ActSender({
		outbox,
		replica: createReplica(new MemoryLocalStore(), ME),
		clock,
		random: { next: () => 0.5, bytes: (count) => new Uint8Array(count) },
		held: async (rows) => heldByFiles(rows, await queue.all()),
		note: () => undefined,
		accepted: () => undefined,
		sending: () => undefined
	});
	expect(await acts.flush(link)).toBe(null);
	expect(sent).toEqual(['elsewhere']);
	await queue.change(file.id, { state: 'sent' });
	await acts.flush(link);
	expect(sent).toEqual(['elsewhere', 'look', 'after']);
});

test('a refused file goes up again once the person tries its message again', async () => {
	const parts = await withFile();
	const { made, tries } = sender(parts, [{ is: 'refused', refusal: refuse('quota_exceeded') }]);
	made.wake();
	await vi.waitFor(async () => expect((await parts.outbox.all())[0]?.state).toBe('refused'));
	const again = { ...parts.act, id: id() };
	await parts.outbox.renew(parts.act.id, again, 2);
	made.wake();
	await vi.waitFor(async () => expect(await stateOf(parts.queue)).toBe('sent'));
	// From the beginning: what the server refused is not kept there.
	expect(tries).toEqual([null, null]);
	made.rest();
});

test('a file stops going up when its message is taken back, and the next one has its turn', async () => {
	const parts = await withFile();
	const second = localFile({ room: parts.file.room, at: parts.file.at + 1 });
	await parts.queue.add(second, new Blob(['more']));
	await parts.outbox.add({ ...post(second.room, 'next'), files: [second.id] }, second.room, 2);
	const stopped: string[] = [];
	const transport: FileTransport = {
		handIn: (file, _bytes, _progress, stop) =>
			file.id === second.id
				? Promise.resolve({ is: 'done' })
				: new Promise((resolve) =>
						stop.addEventListener('abort', () => {
							stopped.push(file.id);
							resolve({ is: 'later', after: null });
						})
					)
	};
	const onError = (error: unknown) => {
		throw error;
	};
	const made = new FileSender({ ...parts, transport, clock, onError });
	parts.outbox.watch(() => made.wake());
	made.wake();
	await parts.outbox.discard(parts.act.id);
	await vi.waitFor(async () =>
		expect((await parts.queue.all()).map(({ id: file, state }) => [file, state])).toEqual([
			[second.id, 'sent']
		])
	);
	expect(stopped).toEqual([parts.file.id]);
	made.rest();
});
