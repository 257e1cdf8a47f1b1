/** Reading and writing behind the app's back what a page keeps in IndexedDB: faults that an extension or a disk may make. */
import type { Page } from '@playwright/test';

/** One fault in the cache of the account that is open. */
export type StoredFault =
	/** a message is gone from its table */
	| { drop: 'message'; body: string }
	/** a part of a room's state, found by the room's name, is another one */
	| { room: string; path: string; value: unknown }
	/** a number of it is larger or smaller by so much */
	| { room: string; path: string; add: number };

/** Makes faults, in one transaction. */
export async function injectFaults(page: Page, faults: StoredFault[]): Promise<void> {
	await page.evaluate(async (all) => {
		const done = <T>(request: IDBRequest<T>): Promise<T> =>
			new Promise((resolve, reject) => {
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(request.error ?? new Error('refused'));
			});
		type Stored = Record<string, unknown> & { id: string; body?: string; room?: { name?: string } };
		const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
		const name = names.find((one) => /^roost-[0-9a-f]{8}-/u.test(one)) ?? '';
		const db = await done(indexedDB.open(name));
		const change = db.transaction(['messages', 'streams'], 'readwrite');
		const [messages, streams] = [change.objectStore('messages'), change.objectStore('streams')];
		for (const fault of all) {
			if ('drop' in fault) {
				const rows = (await done(messages.getAll())) as Stored[];
				await done(messages.delete(rows.find((row) => row.body === fault.body)!.id));
				continue;
			}
			const states = (await done(streams.getAll())) as Stored[];
			const state = states.find((one) => one.room?.name === fault.room)!;
			const parts = fault.path.split('.');
			const last = parts.pop()!;
			const at = parts.reduce(
				(part, key) => part[key] as Record<string, unknown>,
				state as Record<string, unknown>
			);
			at[last] = 'value' in fault ? fault.value : (at[last] as number) + fault.add;
			await done(streams.put(state));
		}
		db.close();
	}, faults);
}
