/** Whatever became of what a browser keeps: it is read without an error, and what can be fetched is fetched anew. */
import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { checkable } from './damage-rows.ts';
import { openCache } from '../../src/lib/db/open.ts';
import { cacheName } from '../../src/lib/db/schema.ts';
import type { Cache } from '../../src/lib/db/cache.ts';
import { DIRECTORY } from '../../src/lib/protocol/ids.ts';
import { CatchUp } from '../../src/lib/sync/engine/catch-up.ts';
import { createReplica } from '../../src/lib/sync/engine/replica.ts';
import { holes } from '../../src/lib/sync/reconcile/range.ts';
import { FakeServer } from './fake-server.ts';
import { ME, OTHER } from './rows.ts';

type Stored = Record<string, unknown>;

/** One device of the person with whom `FakeServer` talks. */
class Device {
	readonly server = new FakeServer();
	readonly damaged = vi.fn();

	/** Opens what is kept as a new start of the app does, for as long as `run` takes. */
	async started<T>(run: (cache: Cache) => Promise<T>): Promise<T> {
		const quiet = { outdated: () => undefined, deleted: () => undefined };
		const cache = await openCache(ME, { ...quiet, damaged: this.damaged });
		try {
			return await run(cache);
		} finally {
			cache.close();
		}
	}

	/** Brings it up to date, what is missing on screen included. */
	async catchUp(cache: Cache): Promise<void> {
		const replica = createReplica(cache, ME);
		const catchUp = new CatchUp(replica, ME, () => 1);
		const link = this.server.link();
		await catchUp.reload();
		await catchUp.askHeads(link);
		await catchUp.pull(link, this.server.room);
		await catchUp.refresh(link);
		for (;;) {
			const { cursor, ranges = [] } = replica.states.get(this.server.room) ?? {};
			const [hole] = holes(ranges, cursor?.s ?? 0);
			if (!hole) return;
			await catchUp.fetchHistory(link, { room: this.server.room, ...hole, end: 'top' });
		}
	}

	/** Everything that screens read, several reads at one moment as they do. */
	async read(cache: Cache) {
		await cache.findStrays();
		return cache.together(() => this.readAll(cache));
	}

	private async readAll(cache: Cache) {
		const { room } = this.server;
		const own = ['contact', 'draft', 'pref', 'invite', 'self'] as const;
		const read = {
			messages: await cache.messages(room, 0, Infinity, Infinity, 'bottom'),
			members: await cache.members(room),
			seen: await cache.seen(room),
			directory: await cache.directory(),
			own: (await Promise.all(own.map((kind) => cache.own(kind)))).flat(),
			cards: await cache.cards([ME, OTHER])
		};
		const states = (await cache.streams()).map(({ version: _, epoch: __, ...state }) => state);
		return { ...read, states };
	}

	/** Writes from outside, as a faulty disk or an extension would. */
	async write(table: string, change: (rows: Stored[]) => Stored): Promise<void> {
		const db = await new Dexie(cacheName(ME)).open();
		await db.table(table).put(change(await db.table(table).toArray()));
		db.close();
	}
}

/** A device that is up to date, and what it shows then. */
async function upToDate() {
	await Dexie.delete(cacheName(ME));
	const device = new Device();
	const before = await device.started(async (cache) => {
		await device.catchUp(cache);
		return device.read(cache);
	});
	return { device, before };
}

const TABLES = ['messages', 'members', 'cards', 'directory', 'seen', 'own', 'streams'];

describe('a damaged cache (R11)', () => {
	test.each([
		['messages', 'body', 5],
		['messages', 'author', null],
		['messages', 'reactions', 'x'],
		['messages', 'at', 'yesterday'],
		['messages', 'mentions', 7],
		['messages', 'seq', 'x'],
		['messages', 'room', 1],
		['members', 'card', null],
		['members', 'role', 'king'],
		['seen', 'upto', '3'],
		['directory', 'name', {}],
		['own', 'rev', -1],
		['cards', 'name', 4],
		['cards', 'v', 'x']
	])('%s: a wrong %s costs that row, which is fetched anew', async (table, field, value) => {
		const { device, before } = await upToDate();
		await device.write(table, (rows) => ({ ...rows.at(-1), [field]: value }));
		await device.started(async (cache) => {
			const repaired = vi.fn();
			cache.watchRepairs(repaired);
			const found = await device.read(cache);
			const size = ({ states: _, ...rows }: typeof found) => Object.values(rows).flat().length;
			if (field !== 'room' && field !== 'seq') expect(size(found)).toBe(size(before) - 1);
			expect(repaired).toHaveBeenCalledOnce();
			await device.catchUp(cache);
			expect(await device.read(cache)).toEqual(before);
			expect(device.damaged).toHaveBeenCalledOnce();
		});
	});

	test.each([
		['cursor', { i: 'db', g: 1, s: -1, h: 'h' }],
		['cursor', { i: 'db', g: 1, s: 1.5, h: 'h' }],
		['cursor', { i: 'db', g: 1, s: 'x', h: 'h' }],
		['cursor', 'x'],
		['version', 'x'],
		['version', -3],
		['epoch', null],
		['ranges', [{ from: 9, to: 4, asOf: null }]],
		['ranges', null],
		['kind', 'garden'],
		['room', { name: 5 }],
		['last', { body: 1 }],
		['unread', -1],
		['read', 'x'],
		['unconfirmed', [null]]
	])('streams: a wrong %s %j costs that stream', async (field, value) => {
		const { device, before } = await upToDate();
		const isRoom = ({ id }: Stored) => id === device.server.room;
		await device.write('streams', (rows) => ({ ...rows.find(isRoom), [field]: value }));
		await device.started(async (cache) => {
			const states = await cache.streams();
			const cursors = Object.fromEntries(states.map(({ id, cursor }) => [id, cursor !== null]));
			expect(cursors).toEqual({ [ME]: true, [DIRECTORY]: true, [device.server.room]: false });
			await device.catchUp(cache);
			expect(await device.read(cache)).toEqual(before);
		});
	});

	test('a message is counted until the server has said how many are unread', async () => {
		const { device, before } = await upToDate();
		await device.write('messages', (rows) => ({ ...rows.at(-1), mentions: 3 }));
		const { room } = device.server;
		await device.started(async (cache) => {
			const state = (await cache.stream(room))!;
			const [written] = (await cache.commit(
				[
					{
						id: room,
						expect: state.version,
						next: state,
						wipe: false,
						rows: [],
						skipMerge: false,
						cards: [],
						unread: 'recount'
					}
				],
				ME
			))!;
			expect(written!.unread).toBe(state.unread);
			expect(await cache.stream(room)).toMatchObject({ unreadBy: 'server' });
			await device.catchUp(cache);
			expect(await device.read(cache)).toEqual(before);
		});
	});

	test('what is damaged every time is passed over, and repaired once per start', async () => {
		const { device, before } = await upToDate();
		const bad = { ...before.messages[1], body: 5 };
		await device.started(async (cache) => {
			const repaired = vi.fn();
			cache.watchRepairs(repaired);
			for (let n = 0; n < 3; n++) {
				await device.write('messages', () => bad);
				const { messages } = await device.read(cache);
				expect(messages).toHaveLength(before.messages.length - 1);
			}
			expect(repaired).toHaveBeenCalledOnce();
		});
	});

	test('whatever becomes of one field of one row, the rest is there, and all of it after catching up', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom(...TABLES),
				fc.nat(),
				fc.nat(),
				fc.jsonValue(),
				async (table, place, part, value) => {
					const { device, before } = await upToDate();
					let isDamaged = false;
					await device.write(table, (rows) => {
						const row = rows[place % rows.length]!;
						const field = Object.keys(row)[part % Object.keys(row).length]!;
						const next = { ...row, [field]: value };
						isDamaged = checkable(table, row, next);
						return isDamaged ? next : row;
					});
					fc.pre(isDamaged);
					await device.started(async (cache) => {
						await device.read(cache);
						await device.catchUp(cache);
						expect(await device.read(cache)).toEqual(before);
					});
				}
			),
			{ numRuns: 60 }
		);
	});
});
