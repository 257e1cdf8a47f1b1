/** What a database must do with the files of drafts (docs/protocol.md, F6). */
import { deleteAccountData, openOutbox } from '../../src/lib/db/open.ts';
import type { DexieDraftFiles } from '../../src/lib/db/dexie-draft-files.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import type { DraftFiles, FileQueue } from '../../src/lib/sync/ports-files.ts';
import { StoreError, type OutboxStore } from '../../src/lib/sync/ports.ts';
import { localFile } from './file-queue.ts';
import { testsWith, type Suite } from './suite.ts';
import { id, post } from './rows.ts';

/** Two handles on one and the same database, new for each test. */
export interface DraftFilesFixture {
	drafts: DexieDraftFiles;
	second: DraftFiles;
	outbox: OutboxStore;
	queue: FileQueue;
	end(): Promise<void>;
}

/** A database of this browser. */
export async function openDraftFiles(): Promise<DraftFilesFixture> {
	const quiet = { outdated: () => undefined, deleted: () => undefined };
	const account = id();
	const outbox = await openOutbox(account, quiet);
	const second = await openOutbox(account, quiet);
	return {
		drafts: outbox.draftFiles(),
		second: second.draftFiles(),
		outbox,
		queue: second.files(),
		end: () => deleteAccountData(account)
	};
}

export function draftFilesContract(suite: Suite, make: () => Promise<DraftFilesFixture>): void {
	const { expect, waitFor } = suite;
	const it = testsWith(suite, make);
	const room = id();
	const picked = (name: string, at = 1) => localFile({ room, name, at });
	const textOf = async (bytes: Blob | null) => (await bytes?.text()) ?? null;

	it('keeps what was picked for a conversation in its order, whatever the clock says', async ({
		drafts,
		second
	}) => {
		const [a, b] = [picked('a', 2), picked('b', 1)];
		const elsewhere = localFile({ room: id() });
		await drafts.add(a, new Blob(['one']));
		await second.add(b, new Blob(['two']));
		await drafts.add(elsewhere, new Blob(['three']));
		expect(await second.of(room)).toEqual([a, b]);
		expect(await textOf(await second.bytes(b.id))).toBe('two');
		expect((await drafts.rooms()).sort()).toEqual([room, elsewhere.room].sort());
		expect(await drafts.count()).toBe(3);
	});

	it('names each conversation once, and none while there is nothing', async ({ drafts }) => {
		expect(await drafts.rooms()).toEqual([]);
		for (const name of ['a', 'b']) await drafts.add(picked(name), new Blob([name]));
		expect(await drafts.rooms()).toEqual([room]);
	});

	it('keeps no more of a conversation than a message carries, whichever tab picks', async ({
		drafts,
		second
	}) => {
		const many = Array.from({ length: LIMITS.filesMax + 2 }, (_, n) => picked(`${n}`));
		const kept = await Promise.all(
			many.map((one, n) => (n % 2 === 0 ? drafts : second).add(one, new Blob(['x'])))
		);
		expect(kept.filter(Boolean).length).toBe(LIMITS.filesMax);
		expect(await drafts.count()).toBe(LIMITS.filesMax);
	});

	it('removes the bytes with their file', async ({ drafts }) => {
		const [a, b] = [picked('a'), picked('b')];
		await drafts.add(a, new Blob(['a']));
		await drafts.add(b, new Blob(['b']));
		await drafts.remove([a.id, id()]);
		expect(await drafts.of(room)).toEqual([b]);
		expect(await drafts.bytes(a.id)).toBe(null);
	});

	it('a message takes them along in its own transaction, with the bytes where they are', async ({
		drafts,
		outbox,
		queue
	}) => {
		const [a, b, stays] = [picked('a'), picked('b'), picked('stays')];
		for (const one of [a, b, stays]) await drafts.add(one, new Blob([one.name]));
		const act = { ...post(room, 'look'), files: [a.id, b.id] };
		await outbox.add(act, room, 77, [], act.files);
		expect(await drafts.of(room)).toEqual([stays]);
		// What is on its way is as old as its message: it is not given up while that is being queued.
		expect((await queue.all()).sort((x, y) => (x.id < y.id ? -1 : 1))).toEqual([
			{ ...a, at: 77 },
			{ ...b, at: 77 }
		]);
		expect(await textOf(await queue.bytes(b.id))).toBe('b');
		// Whoever takes one away that has gone leaves its bytes alone.
		await drafts.remove([b.id]);
		expect(await textOf(await queue.bytes(b.id))).toBe('b');
		await outbox.add(act, room, 78, [], act.files);
		expect((await outbox.all()).length).toBe(1);
	});

	it('of two tabs that send the same files one does; the other has done nothing', async ({
		drafts,
		outbox,
		queue
	}) => {
		const [a, b] = [picked('a'), picked('b')];
		for (const one of [a, b]) await drafts.add(one, new Blob([one.name]));
		const acts = [1, 2].map((n) => ({ ...post(room, `from tab ${n}`), files: [a.id, b.id] }));
		const done = await Promise.allSettled(
			acts.map((act) => outbox.add(act, room, 1, [], act.files))
		);
		const refused = done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
		expect(refused.map((error) => error instanceof StoreError && error.reason)).toEqual(['gone']);
		expect((await outbox.all()).length).toBe(1);
		expect((await queue.all()).length).toBe(2);
	});

	it('a message of which one file is gone takes none along', async ({ drafts, outbox, queue }) => {
		const a = picked('a');
		await drafts.add(a, new Blob(['a']));
		const act = { ...post(room, 'look'), files: [a.id, id()] };
		const done = await outbox.add(act, room, 1, [], act.files).catch((error: unknown) => error);
		expect(done instanceof StoreError && done.reason).toBe('gone');
		expect(await drafts.of(room)).toEqual([a]);
		expect(await queue.all()).toEqual([]);
		expect(await outbox.all()).toEqual([]);
	});

	it('tells of changes', async ({ drafts, second }) => {
		let told = 0;
		const end = second.watch(() => told++);
		const a = picked('a');
		await drafts.add(a, new Blob(['x']));
		await waitFor(() => told > 0);
		const before = told;
		await drafts.remove([a.id]);
		await waitFor(() => told > before);
		end();
	});
}
