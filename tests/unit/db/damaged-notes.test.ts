/** What this device knows before any account is opened, and what was shared into it, when it is damaged. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceStore, noteStore, EMPTY_NOTE } from '../../../src/lib/db/device.ts';
import { DexieShares } from '../../../src/lib/db/dexie-shares.ts';
import {
	NO_NOTIFICATION_NOTE,
	notificationSettings
} from '../../../src/lib/db/notification-settings.ts';
import { SharesDatabase } from '../../../src/lib/db/schema.ts';
import { card, id, ME } from '../../contract/rows.ts';

const signedIn = {
	account: { person: card(ME), email: 'a@b.example', admin: false },
	device: id(),
	sessionEnded: false
};
const whole = { signedIn, signOutOwed: false, wipe: [id()] };

/** Writes a note from outside. */
async function note(key: string, value: unknown): Promise<IDBFactory> {
	const factory = new IDBFactory();
	await noteStore<unknown>(key, null, factory).change(() => value);
	return factory;
}

describe('the note of this device', () => {
	it('keeps who is signed in when something else is wrong', async () => {
		const damaged = { ...whole, wipe: [5, 'x'], signOutOwed: 'x' };
		const store = deviceStore(await note('device', damaged));
		expect(await store.read()).toEqual({ signedIn, signOutOwed: false, wipe: ['x'] });
		expect(await store.change((before) => before)).toMatchObject({ signedIn });
	});

	it('knows nobody when it cannot be told who it was', async () => {
		const account = { ...signedIn.account, person: { ...card(ME), id: 5 } };
		const store = deviceStore(
			await note('device', { ...whole, signedIn: { ...signedIn, account } })
		);
		expect(await store.read()).toEqual({ ...whole, signedIn: null });
	});

	it('is read, whatever it is', async () => {
		await fc.assert(
			fc.asyncProperty(fc.jsonValue(), async (value) => {
				const found = await deviceStore(await note('device', value)).read();
				expect(Object.keys(found).sort()).toEqual(Object.keys(EMPTY_NOTE).sort());
			}),
			{ numRuns: 40 }
		);
	});
});

describe('the note of notifications', () => {
	it('keeps each choice that can be read', async () => {
		const factory = await note('notices', {
			...NO_NOTIFICATION_NOTE,
			account: ME,
			wanted: true,
			sound: 'loud',
			told: { a: 3, b: 'x' }
		});
		const settings = notificationSettings(noteStore('notices', NO_NOTIFICATION_NOTE, factory));
		expect(await settings.read(ME)).toMatchObject({ wanted: true, sound: true, told: { a: 3 } });
		expect(await settings.claim(ME, 'b', 1)).toBe(true);
	});
});

describe('shares', () => {
	it('are read as far as they make sense, and shown to nobody when it is not known whose they are', async () => {
		const db = new SharesDatabase();
		const shares = new DexieShares(db);
		const whole = { at: 1, account: ME, room: null, text: 'words', files: [], left: [] };
		const damaged = [
			{ ...whole, id: 'a', files: 'x', left: null, room: 5 },
			{ ...whole, id: 'b', account: 7 },
			{ ...whole, id: 'c', at: 'x', text: 5, files: [{ id: 'f', name: 'n', type: '', size: 1 }, 3] }
		];
		await db.table('shares').bulkPut(damaged);
		const found = await shares.all();
		expect(found.map((share) => [share.id, share.text, share.files.length])).toEqual([
			['c', '', 1],
			['a', 'words', 0]
		]);
		await shares.removeFiles(['f']);
		expect((await shares.all()).map((share) => share.id)).toEqual(['a']);
		shares.close();
	});
});
