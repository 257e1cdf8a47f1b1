/** What was shared is kept until it is said or thrown away, belongs to one person, and is offered once (promises 3 and 14). */
import 'fake-indexeddb/auto';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { describe, expect, test } from 'vitest';
import { WAITING_MAX } from '../../../src/lib/db/dexie-shares.ts';
import { writable } from '../../../src/lib/db/live.ts';
import { openShares } from '../../../src/lib/db/open.ts';
import { StoreError } from '../../../src/lib/sync/ports.ts';
import { createShares, type Share } from '../../../src/lib/state/client/shares.ts';
import type { Live, RoomItem } from '../../../src/lib/state/client/client-types.ts';
import {
	joined,
	ShareImport,
	type SharedPorts
} from '../../../src/lib/ui/chat/composer/share-import.ts';
import type { Attached } from '../../../src/lib/ui/chat/composer/attached.ts';
import { id } from '../../contract/rows.ts';

const me = id();
const file = (name: string, body = name): File => new File([body], name, { type: 'text/plain' });
const intake = (text: string, ...files: File[]) => ({ text, files, left: [] });

type Room = Pick<RoomItem, 'id' | 'state' | 'direct'>;
const roomOf = (id: string, more: Partial<Room> = {}): Room => ({
	id,
	state: 'in',
	direct: null,
	...more
});

/** One browser: databases that outlive windows. */
function browser() {
	const place = { indexedDB: new IDBFactory(), IDBKeyRange };
	const errors: unknown[] = [];
	const rooms = writable([roomOf('room')]);
	const windowOf = (account: string) =>
		createShares({
			me: account,
			open: () => openShares(place),
			now: () => 5,
			makeId: id,
			rooms: () => rooms,
			onError: (error) => void errors.push(error)
		});
	return { store: () => openShares(place), windowOf, rooms, errors };
}

function values<T>(live: Live<T>): { now: () => T | undefined; end: () => void } {
	let last: T | undefined;
	const end = live.subscribe((value) => (last = value));
	return { now: () => last, end };
}
const names = (shares: Share[] | undefined) => shares?.map(({ text }) => text);

describe('what waits', () => {
	test('survives the window, with its bytes, and goes with the last of it', async () => {
		const { store, windowOf } = browser();
		const first = await store();
		const share = await first.add(intake('look', file('a.txt', 'bytes')), me, 1, id);
		first.close();
		const later = windowOf(me);
		const waiting = values(later.waiting());
		await expect.poll(() => names(waiting.now())).toEqual(['look']);
		const [kept] = waiting.now()!;
		const back = await later.file(kept!.files[0]!);
		expect([back?.name, back?.type, await back?.text()]).toEqual(['a.txt', 'text/plain', 'bytes']);
		await later.takeText(share!, async () => undefined);
		await later.removeFiles([kept!.files[0]!.id]);
		await expect.poll(() => waiting.now()).toEqual([]);
		expect(await later.file(kept!.files[0]!)).toBe(null);
	});

	test('is for whoever it came to, or for whoever signs in next', async () => {
		const { store, windowOf } = browser();
		const other = id();
		const kept = await store();
		await kept.add(intake('mine'), me, 1, id);
		await kept.add(intake('for anybody'), null, 2, id);
		await kept.add(intake("somebody else's"), other, 3, id);
		const waiting = values(windowOf(me).waiting());
		await expect.poll(() => names(waiting.now())).toEqual(['mine', 'for anybody']);
		// Signing out wipes what is this person's, and nothing else.
		await kept.forget(me);
		expect(names(await kept.all())).toEqual(["somebody else's"]);
	});

	test('what came to nobody is the first one’s who signs in, and never the next one’s', async () => {
		const { store, windowOf } = browser();
		const kept = await store();
		await kept.add(intake('hello'), null, 1, id);
		const mine = values(windowOf(me).waiting());
		await expect.poll(() => names(mine.now())).toEqual(['hello']);
		// Before any place was chosen: what the warning of a sign-out counts, and its wipe takes.
		expect((await kept.all()).map(({ account }) => account)).toEqual([me]);
		const next = values(windowOf(id()).waiting());
		await expect.poll(() => next.now()).toEqual([]);
	});

	test('so does what was placed where one cannot write any more, until another place is chosen', async () => {
		const { store, windowOf, rooms } = browser();
		const kept = await store();
		const share = (await kept.add(intake('hello'), me, 1, id))!;
		const mine = windowOf(me);
		const waiting = values(mine.waiting());
		await expect.poll(() => names(waiting.now())).toEqual(['hello']);
		await mine.place(share, 'room');
		await expect.poll(() => names(waiting.now())).toEqual([]);
		const direct = { person: id(), card: null, blocked: true };
		const closed: Room[][] = [
			[],
			[roomOf('room', { state: 'leaving' })],
			[roomOf('room', { direct })]
		];
		for (const now of closed) {
			rooms.set([roomOf('room')]);
			expect(names(waiting.now())).toEqual([]);
			rooms.set([...now, roomOf('other')]);
			expect(names(waiting.now())).toEqual(['hello']);
		}
		await mine.place(share, 'other');
		await expect.poll(() => names(waiting.now())).toEqual([]);
	});

	test('says why it cannot be read, and is there again once it can be', async () => {
		const { store } = browser();
		let blocked = true;
		const errors: unknown[] = [];
		const mine = createShares({
			me,
			now: () => 5,
			makeId: id,
			rooms: () => writable([]),
			open: () => (blocked ? Promise.reject(new StoreError('blocked')) : store()),
			onError: (error) => void errors.push(error)
		});
		const error = values(mine.error);
		expect(error.now()).toBe(null);
		mine.waiting().subscribe(() => undefined);
		await expect.poll(() => error.now()?.reason).toBe('blocked');
		expect(errors).toEqual([error.now()]);
		blocked = false;
		const waiting = values(mine.waiting());
		await expect.poll(() => waiting.now()).toEqual([]);
		expect(error.now()).toBe(null);
	});

	test('no stranger fills the device: beyond so many nothing is taken', async () => {
		const kept = await browser().store();
		for (let n = 0; n < WAITING_MAX; n++) await kept.add(intake(`${n}`), null, n, id);
		expect(await kept.add(intake('one more'), null, 99, id)).toBe(null);
	});
});

describe('in the composer', () => {
	function composer() {
		const strip: Attached[] = [];
		const written: string[] = [];
		const failures: unknown[] = [];
		let keys = 0;
		const ports: SharedPorts = {
			write: async (text) => void written.push(text),
			async attach(files) {
				const plain = {
					...{ id: null, url: null, kept: null },
					...{ width: null, height: null, duration: null, poster: null },
					...{ asFile: false, isBusy: false, isSafe: true }
				};
				const fit = files.filter(({ name }) => !name.startsWith('refused'));
				strip.push(...fit.map((one) => ({ ...plain, key: ++keys, file: one })));
				return files.filter((one) => !fit.includes(one));
			},
			attached: () => strip,
			remove: (key) =>
				void strip.splice(
					strip.findIndex((one) => one.key === key),
					1
				),
			failed: (error) => void failures.push(error)
		};
		return { ports, strip, written, failures, names: () => strip.map((one) => one.file.name) };
	}
	const sourceOf = (shares: ReturnType<typeof createShares>) => ({
		...shares,
		shares: shares.inRoom('room')
	});

	test('words join what is written once, files stay kept until they are sent', async () => {
		const { store, windowOf } = browser();
		const kept = await store();
		const share = (await kept.add(intake('hello', file('a'), file('b')), me, 1, id))!;
		await kept.place(share, 'room', me);
		const first = composer();
		const end = new ShareImport(sourceOf(windowOf(me)), first.ports).follow();
		await expect.poll(() => first.written).toEqual(['hello']);
		await expect.poll(first.names).toEqual(['a', 'b']);
		end();
		// The window was closed: the words are in the draft, the files come again.
		const second = composer();
		const again = new ShareImport(sourceOf(windowOf(me)), second.ports);
		again.follow();
		await expect.poll(second.names).toEqual(['a', 'b']);
		expect(second.written).toEqual([]);
		await again.settled(second.strip.splice(0));
		expect(await kept.all()).toEqual([]);
		expect([...first.failures, ...second.failures]).toEqual([]);
	});

	test('what was sent in one window leaves the strip of the other', async () => {
		const { store, windowOf } = browser();
		const kept = await store();
		const share = (await kept.add(intake('', file('a')), me, 1, id))!;
		await kept.place(share, 'room', me);
		const [one, two] = [composer(), composer()];
		const sender = new ShareImport(sourceOf(windowOf(me)), one.ports);
		sender.follow();
		new ShareImport(sourceOf(windowOf(me)), two.ports).follow();
		await expect.poll(() => [...one.names(), ...two.names()]).toEqual(['a', 'a']);
		await sender.settled(one.strip.splice(0));
		await expect.poll(two.names).toEqual([]);
	});

	test('words that could not be kept as a draft stay shared', async () => {
		const { store, windowOf, errors } = browser();
		const kept = await store();
		const share = (await kept.add(intake('hello'), me, 1, id))!;
		await kept.place(share, 'room', me);
		const full = composer();
		full.ports.write = () => Promise.reject(new Error('no room'));
		new ShareImport(sourceOf(windowOf(me)), full.ports).follow();
		await expect.poll(() => full.failures.length).toBe(1);
		expect(names(await kept.all())).toEqual(['hello']);
		expect(errors).toEqual([]);
	});

	test('files that cannot go from here wait for a place again, and can be thrown away there', async () => {
		const { store, windowOf } = browser();
		const kept = await store();
		const both = (await kept.add(intake('hello', file('a'), file('refused')), me, 1, id))!;
		const alone = (await kept.add(intake('', file('refused too')), me, 2, id))!;
		for (const share of [both, alone]) await kept.place(share, 'room', me);
		const mine = windowOf(me);
		const waiting = values(mine.waiting());
		const room = composer();
		new ShareImport(sourceOf(mine), room.ports).follow();
		const filesOf = (shares: Share[] | undefined) =>
			shares?.map(({ files }) => files.map(({ name }) => name).join());
		await expect.poll(() => filesOf(waiting.now())).toEqual(['refused', 'refused too']);
		expect([room.names(), room.written]).toEqual([['a'], ['hello']]);
		const [first] = waiting.now()!;
		expect(await (await mine.file(first!.files[0]!))?.text()).toBe('refused');
		for (const { id } of waiting.now()!) await mine.discard(id);
		await expect.poll(() => waiting.now()).toEqual([]);
		expect(filesOf(await kept.all())).toEqual(['a']);
		expect(room.failures).toEqual([]);
	});

	test('a file whose bytes the browser has dropped is not counted for ever', async () => {
		const { store, windowOf } = browser();
		const kept = await store();
		const share = (await kept.add(intake('', file('a')), me, 1, id))!;
		await kept.place(share, 'room', me);
		const room = composer();
		const source = { ...sourceOf(windowOf(me)), file: async () => null };
		new ShareImport(source, room.ports).follow();
		await expect.poll(() => kept.all()).toEqual([]);
	});

	test('words come after what was written, and once, though the window was closed in between', () => {
		expect(joined('', 'look')).toBe('look');
		expect(joined('begun', 'look')).toBe('begun\nlook');
		for (const before of ['', 'begun', 'outlook']) {
			const after = joined(before, 'look');
			expect(joined(after, 'look')).toBe(after);
		}
		expect(joined('outlook', 'look')).toBe('outlook\nlook');
	});
});
