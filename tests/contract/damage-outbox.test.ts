/** A damaged outbox: nothing in it can be fetched again, so nothing of it may hold up the rest. */
import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { deleteAccountData, openAccount } from '../../src/lib/db/open.ts';
import { outboxName } from '../../src/lib/db/schema.ts';
import type { LocalFile } from '../../src/lib/sync/ports-files.ts';
import { id, post } from './rows.ts';

type Stored = Record<string, unknown>;

/** An outbox that is opened and closed again as by a start of the app. */
function device() {
	const account = id();
	const damaged = vi.fn();
	const quiet = { outdated: () => undefined, deleted: () => undefined, damaged };
	return {
		damaged,
		async started<T>(run: (opened: Awaited<ReturnType<typeof openAccount>>) => Promise<T>) {
			const opened = await openAccount(account, quiet);
			try {
				return await run(opened);
			} finally {
				opened.cache.close();
				opened.outbox.close();
			}
		},
		/** Writes from outside. */
		async write(table: string, make: (row: Stored) => Stored): Promise<void> {
			const db = await new Dexie(outboxName(account)).open();
			const [row] = (await db.table(table).toArray()) as [Stored];
			await db.table(table).put(make(row));
			db.close();
		},
		end: () => deleteAccountData(account)
	};
}

const room = id();

/** Two messages are queued, and the first one is damaged. */
async function damagedAct(make: (row: Stored) => Stored) {
	const browser = device();
	const [first, second] = [post(room, 'first'), post(room, 'second')];
	await browser.started(async ({ outbox }) => {
		await outbox.add(first, room, 1);
		await outbox.add(second, room, 2);
	});
	await browser.write('acts', make);
	const rows = await browser.started(({ outbox }) => outbox.all());
	return { browser, first, second, rows };
}

const file = (name: string): LocalFile => ({
	id: id(),
	room,
	name,
	type: 'text/plain',
	size: 5,
	width: null,
	height: null,
	at: 1,
	state: 'waiting',
	sent: 0,
	url: null,
	sha256: null,
	refusal: null
});

describe('a damaged act', () => {
	test.each([
		['state', 'x'],
		['lane', 5],
		['tries', -1],
		['at', 'x'],
		['refusal', 'x'],
		['id', 'x']
	])('with a wrong %s is sent as it was meant', async (field, value) => {
		const { rows, first, second, browser } = await damagedAct((row) => ({
			...row,
			[field]: value
		}));
		expect(rows.map(({ act, state, lane }) => [act, state, lane])).toEqual([
			[first, 'queued', room],
			[second, 'queued', room]
		]);
		expect(rows.map((row) => row.id)).toEqual([first.id, second.id]);
		expect(browser.damaged).toHaveBeenCalledOnce();
		await browser.end();
	});

	test.each([
		['kind', 'message.sing'],
		['at', null],
		['room', 5],
		['reply', 7]
	])('that has lost its %s is a refused message with what was written', async (field, value) => {
		const { rows, first, second, browser } = await damagedAct((row) => ({
			...row,
			act: { ...(row.act as Stored), [field]: value }
		}));
		expect(rows).toMatchObject([
			{
				id: first.id,
				lane: room,
				state: 'refused',
				refusal: { code: 'malformed' },
				act: { kind: 'message.post', room, body: 'first' }
			},
			{ id: second.id, state: 'queued' }
		]);
		await browser.started(async ({ outbox }) => {
			expect(await outbox.discard(first.id)).toBe(true);
			expect(await outbox.all()).toHaveLength(1);
		});
		await browser.end();
	});

	test('of which nothing is left is passed over', async () => {
		const { rows, second, browser } = await damagedAct((row) => ({ ...row, act: 'x' }));
		expect(rows.map((row) => row.id)).toEqual([second.id]);
		await browser.end();
	});

	test('holds up no other, whatever it has become', async () => {
		const parts = fc.constantFrom('id', 'lane', 'act', 'state', 'refusal', 'at', 'tries');
		await fc.assert(
			fc.asyncProperty(parts, fc.jsonValue(), async (part, value) => {
				const { rows, second, browser } = await damagedAct((row) => ({ ...row, [part]: value }));
				expect(rows.at(-1)).toMatchObject({ act: second, state: 'queued', tries: 0 });
				const sent = await browser.started(({ outbox }) => outbox.tried(rows.map((row) => row.id)));
				expect(sent.map((row) => row.id)).toEqual(rows.map((row) => row.id));
				for (const row of sent) expect(row.id).toBe(row.act.id);
				await browser.end();
			}),
			{ numRuns: 40 }
		);
	});
});

describe('a damaged draft', () => {
	test.each([
		[{ body: 'words', sent: 5 }, { body: 'words' }],
		[{ body: 5, other: 'the other' }, { body: 'the other' }],
		[{ body: null }, null]
	])('%j keeps its words, and lets its message be queued', async (damage, kept) => {
		const browser = device();
		await browser.started(({ outbox }) => outbox.saveDraft({ room, body: 'words', at: 1 }));
		await browser.write('drafts', (row) => ({ ...row, ...damage }));
		await browser.started(async ({ outbox }) => {
			const draft = await outbox.draft(room);
			if (kept) expect(draft).toMatchObject(kept);
			else expect(draft).toBe(null);
			await outbox.add(post(room, 'words'), room, 2);
			expect(await outbox.all()).toHaveLength(1);
		});
		await browser.end();
	});
});

describe('a damaged file', () => {
	test.each([
		['state', 'x', {}],
		['sent', 'x', {}],
		['refusal', 'x', {}],
		['size', null, {}],
		['name', 5, { name: 'file' }],
		['room', 5, {}]
	])('with a wrong %s is handed in anew', async (field, value, more) => {
		const browser = device();
		const [one, other] = [file('one'), file('other')];
		await browser.started(async ({ files, outbox }) => {
			await files.add(one, new Blob(['bytes'], { type: 'text/plain' }));
			await files.add(other, new Blob(['bytes'], { type: 'text/plain' }));
			await outbox.add({ ...post(room, ''), files: [one.id] }, room, 1);
		});
		await browser.write('files', (row) => ({ ...row, [field]: value }));
		await browser.started(async ({ files }) => {
			expect(await files.all()).toEqual([{ ...one, ...more }, other]);
		});
		await browser.end();
	});

	test.each([
		['state', 'x', {}],
		['size', null, {}],
		['name', 5, { name: 'file' }]
	])('of a draft with a wrong %s keeps its place', async (field, value, more) => {
		const browser = device();
		const [one, other] = [file('one'), file('other')];
		await browser.started(async ({ draftFiles }) => {
			await draftFiles?.add(one, new Blob(['bytes'], { type: 'text/plain' }));
			await draftFiles?.add(other, new Blob(['bytes'], { type: 'text/plain' }));
		});
		await browser.write('draftFiles', (row) => ({ ...row, [field]: value }));
		await browser.started(async ({ draftFiles }) => {
			expect(await draftFiles?.of(room)).toEqual([{ ...one, ...more }, other]);
		});
		await browser.end();
	});

	test('without its bytes is none', async () => {
		const browser = device();
		const one = file('one');
		await browser.started(({ files }) => files.add(one, new Blob(['bytes'])));
		await browser.write('blobs', (row) => ({ ...row, bytes: 'x' }));
		expect(await browser.started(({ files }) => files.bytes(one.id))).toBe(null);
		await browser.end();
	});
});
