/** What a browser keeps may be damaged from outside: the next start shows all of it again. */
import { expect, type Page } from '@playwright/test';
import {
	composer,
	goOffline,
	goOnline,
	makeRoom,
	mark,
	message,
	messages,
	roomRow,
	say,
	status,
	type Human
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

useApp();

/** Replaces parts of rows in a database of this account: [table, n-th row, path, value]. */
type Damage = [table: string, place: number, path: string, value: unknown];

/** Writes into the databases of the account that is open, as an extension or a faulty disk may. */
async function write(page: Page, prefix: string, damage: Damage[]): Promise<void> {
	await page.evaluate(
		async ({ start, all }) => {
			const done = <T>(request: IDBRequest<T>): Promise<T> =>
				new Promise((resolve, reject) => {
					request.onsuccess = () => resolve(request.result);
					request.onerror = () => reject(request.error ?? new Error('refused'));
				});
			const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
			const name = names.find((one) => new RegExp(`^${start}[0-9a-f]{8}-`, 'u').test(one)) ?? '';
			const db = await done(indexedDB.open(name));
			for (const [table, place, path, value] of all) {
				const store = db.transaction(table, 'readwrite').objectStore(table);
				const rows = (await done(store.getAll())) as Record<string, unknown>[];
				const row = rows[place % rows.length]!;
				const parts = path.split('.');
				const last = parts.pop()!;
				const at = parts.reduce((part, key) => part[key] as Record<string, unknown>, row);
				at[last] = value;
				await done(store.put(row));
			}
			db.close();
		},
		{ start: prefix, all: damage }
	);
}

/** @returns how many streams of the account that is open have no cursor: they are still to be fetched */
function streamsWithoutCursor(page: Page): Promise<number> {
	return page.evaluate(async () => {
		const done = <T>(request: IDBRequest<T>): Promise<T> =>
			new Promise((resolve, reject) => {
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(request.error ?? new Error('refused'));
			});
		const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
		const name = names.find((one) => /^roost-[0-9a-f]{8}-/u.test(one)) ?? '';
		const db = await done(indexedDB.open(name));
		const rows = await done(db.transaction('streams').objectStore('streams').getAll());
		db.close();
		return (rows as { cursor: unknown }[]).filter(({ cursor }) => cursor === null).length;
	});
}

const CACHE = 'roost-';
const OUTBOX = 'roost-outbox-';

/** Damage is told to the log; nothing else may go wrong. */
function onlyDamageIsTold(person: Human): void {
	const others = person.faults.filter((fault) => !fault.includes('damaged on this device'));
	expect(others).toEqual([]);
	person.faults.length = 0;
}

const SAID = ['the first', 'the second', 'the third', 'the fourth', 'the fifth'];

test('damaged rows of every kind are fetched anew, and a damaged cursor costs its own room only', async ({
	ann
}) => {
	test.setTimeout(120_000);
	const { page } = ann;
	await makeRoom(page, 'Damaged rows');
	for (const text of SAID) {
		await say(page, text);
		await expect(mark(page, text, 'On the server')).toBeVisible();
	}
	const rounds: Damage[][] = [
		[
			['messages', 1, 'body', 5],
			['messages', 2, 'author', null],
			['messages', 3, 'reactions', 'x'],
			['messages', 4, 'at', 'yesterday']
		],
		[
			['directory', 0, 'name', 7],
			['members', 0, 'card', null],
			['cards', 0, 'name', {}]
		],
		...[-1, 1.5, 'x'].map((wrong): Damage[] =>
			[0, 1, 2].map((place) => ['streams', place, 'cursor.s', wrong])
		),
		[['messages', 2, 'seq', 'x']]
	];
	for (const damage of rounds) {
		// Rows on screen are not all: a stream that an earlier round damaged may still be on its way.
		await expect.poll(() => streamsWithoutCursor(page)).toBe(0);
		await write(page, CACHE, damage);
		await page.reload();
		await expect(status(page)).toContainText('Connected');
		for (const text of SAID) await expect(message(page, text)).toHaveCount(1);
		await expect(messages(page).getByRole('article')).toHaveCount(SAID.length);
		await expect(roomRow(page, 'Damaged rows')).toBeVisible();
		await expect(roomRow(page, 'general')).toBeVisible();
		onlyDamageIsTold(ann);
	}
});

test('what was damaged while offline is fetched once there is a network', async ({ ann }) => {
	const { page } = ann;
	await makeRoom(page, 'Damaged offline');
	for (const text of SAID) await say(page, text);
	await expect(mark(page, 'the fifth', 'On the server')).toBeVisible();
	await goOffline(ann);
	await write(page, CACHE, [['messages', 2, 'body', null]]);
	await page.reload();
	await expect(messages(page).getByRole('article')).toHaveCount(SAID.length - 1);
	await goOnline(ann);
	for (const text of SAID) await expect(message(page, text)).toHaveCount(1);
	onlyDamageIsTold(ann);
});

test('a damaged act holds up no other, and what was written in it is not lost', async ({ ann }) => {
	const { page } = ann;
	await makeRoom(page, 'Damaged outbox');
	await goOffline(ann);
	for (const text of SAID) await say(page, text);
	// On screen it is before the device has it.
	await expect(mark(page, 'the fifth', 'Waiting for network')).toBeVisible();
	await write(page, OUTBOX, [
		['acts', 0, 'act.at', 'x'],
		['acts', 1, 'act', 5]
	]);
	await page.reload();
	await expect(composer(page)).toBeVisible();
	await goOnline(ann);
	await expect(mark(page, 'the fifth', 'On the server')).toBeVisible();
	await expect(mark(page, 'the first', 'Needs you')).toBeVisible();
	onlyDamageIsTold(ann);
});
