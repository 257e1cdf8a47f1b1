/** Files that go with what is written: whatever is done, nothing picked is lost, and nothing is sent twice. */
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { deleteAccountData, openAccount } from '../../../src/lib/db/open.ts';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import { listeners } from '../../../src/lib/sync/listeners.ts';
import { writable } from '../../../src/lib/db/live.ts';
import {
	createDraftFiles,
	forgetFilesOfGoneRooms
} from '../../../src/lib/state/client/draft-files.ts';
import { createFileVerbs } from '../../../src/lib/state/client/files.ts';
import type { Act } from '../../../src/lib/protocol/up.ts';
import type { DraftFiles } from '../../../src/lib/sync/ports-files.ts';
import { StoreError } from '../../../src/lib/sync/ports.ts';
import type { Attached } from '../../../src/lib/ui/chat/composer/attached.ts';
import { AttachedFiles } from '../../../src/lib/ui/chat/composer/attached-files.ts';
import { id } from '../../contract/rows.ts';

const quiet = { outdated: () => undefined, deleted: () => undefined };
const rooms = [id(), id()] as const;
const fileOf = (name: string): File => new File([`bytes of ${name}`], name, { type: 'text/plain' });
const fail = (error: unknown): void => {
	throw error;
};

/** A person's device; its tabs are opened and killed. */
function device() {
	const account = id();
	return {
		async tab(change: (store: DraftFiles) => DraftFiles | null = (store) => store) {
			const opened = await openAccount(account, quiet);
			const { outbox, files: queue } = opened;
			const writing = <T>(write: () => Promise<T>): Promise<T> => write();
			const drafts = createDraftFiles({
				store: change(opened.draftFiles!),
				writing,
				onError: fail
			});
			const { sendFiles } = createFileVerbs({
				queue,
				outbox,
				writing,
				onError: fail,
				async act(draft, picked) {
					const act = { ...draft, id: id(), at: 1 } as Act;
					return (await outbox.add(act, 'room' in act ? act.room : '', 1, [], picked)).id;
				}
			});
			return { opened, drafts, sendFiles, close: () => opened.outbox.close() };
		},
		end: () => deleteAccountData(account)
	};
}
type Tab = Awaited<ReturnType<ReturnType<typeof device>['tab']>>;

/** The composer of a conversation in a tab. */
function composer({ drafts, sendFiles }: Tab, room: string) {
	let shown: readonly Attached[] = [];
	const told: string[] = [];
	const { isDurable, add, of, remove, watch } = drafts;
	const files = new AttachedFiles(
		{ isDurable, add: (chosen) => add(room, chosen), list: () => of(room), remove, watch },
		{
			reasonAgainst: async () => null,
			factsOf: async () => ({ width: null, height: null, duration: null, poster: null }),
			face: () => ({ url: null, asFile: false }),
			revoke: () => undefined,
			show: (items) => (shown = items),
			tell: (faults) => void told.push(...faults),
			failed: fail
		}
	);
	return {
		files,
		told,
		end: files.follow(),
		items: () => shown,
		names: () => shown.map(({ file }) => file.name),
		async send(body: string): Promise<boolean> {
			await files.settled();
			const taken = files.take();
			try {
				await sendFiles(room, body, [...taken]);
			} catch (error) {
				if (!(error instanceof StoreError)) throw error;
				files.restore(taken);
				return false;
			}
			files.release(taken);
			return true;
		}
	};
}

/** What waits in the outbox: bytes by message. */
async function queued({ opened }: Tab): Promise<string[][]> {
	const said = (await opened.outbox.all()).map(({ act }) =>
		act.kind === 'message.post' ? (act.files ?? []) : []
	);
	return Promise.all(
		said.map((files) =>
			Promise.all(files.map(async (one) => (await opened.files.bytes(one))?.text() ?? 'lost'))
		)
	);
}

async function world() {
	const browser = device();
	const tab = await browser.tab();
	onTestFinished(async () => {
		tab.close();
		await browser.end();
	});
	return { browser, tab };
}

describe('what was picked', () => {
	test('is there after a reload, and in another tab, in order, until one of them sends it', async () => {
		const { browser, tab } = await world();
		const first = composer(tab, rooms[0]);
		await first.files.add([fileOf('a'), fileOf('b')]);
		expect(first.items().every(({ isSafe, isBusy }) => isSafe && !isBusy)).toBe(true);
		first.end();

		const after = await browser.tab();
		const [one, two] = [composer(after, rooms[0]), composer(tab, rooms[0])];
		await vi.waitFor(() =>
			expect([one.names(), two.names()]).toEqual([
				['a', 'b'],
				['a', 'b']
			])
		);
		one.files.remove(one.items()[0]!.key);
		await vi.waitFor(() => expect(two.names()).toEqual(['b']));
		await two.files.add([fileOf('c')]);
		await vi.waitFor(() => expect(one.names()).toEqual(['b', 'c']));
		expect(await one.send('here')).toBe(true);
		await vi.waitFor(() => expect(two.names()).toEqual([]));
		expect(await queued(tab)).toEqual([['bytes of b', 'bytes of c']]);
		for (const end of [one.end, two.end, after.close]) end();
	});

	test('is kept although the room is left at once, and is not in the other room', async () => {
		const { tab } = await world();
		const here = composer(tab, rooms[0]);
		const adding = here.files.add([fileOf('a'), fileOf('b'), fileOf('c')]);
		here.end();
		const elsewhere = composer(tab, rooms[1]);
		await adding;
		await elsewhere.files.settled();
		expect(elsewhere.names()).toEqual([]);
		const back = composer(tab, rooms[0]);
		await vi.waitFor(() => expect(back.names()).toEqual(['a', 'b', 'c']));
		back.end();
		elsewhere.end();
	});

	test('and taken away while it was being kept is gone', async () => {
		const { tab } = await world();
		const here = composer(tab, rooms[0]);
		const adding = here.files.add([fileOf('a'), fileOf('b')]);
		await vi.waitFor(() => expect(here.names()).toContain('a'));
		here.files.remove(here.items()[0]!.key);
		await adding;
		await vi.waitFor(async () => {
			expect((await tab.drafts.of(rooms[0])).map(({ file }) => file.name)).toEqual(['b']);
		});
		expect(here.names()).toEqual(['b']);
		here.end();
	});

	test('taken away stands in the strip until the device has forgotten it, and is not sent meanwhile', async () => {
		const { browser, tab } = await world();
		const here = composer(tab, rooms[0]);
		await here.files.add([fileOf('a'), fileOf('b')]);
		here.files.remove(here.items()[0]!.key);
		expect(here.names()).toEqual(['a', 'b']);
		await here.files.settled();
		expect(here.names()).toEqual(['b']);
		const after = await browser.tab();
		expect((await after.drafts.of(rooms[0])).map(({ file }) => file.name)).toEqual(['b']);
		for (const end of [here.end, after.close]) end();
	});

	test('that something else cannot let go of stays in the strip', async () => {
		const { tab } = await world();
		const here = composer(tab, rooms[0]);
		await here.files.addShared([fileOf('shared')]);
		here.files.remove(here.items()[0]!.key, Promise.reject(new StoreError('full')));
		expect(await here.files.settled()).toBe(false);
		expect(here.names()).toEqual(['shared']);
		// Whoever sends it now has read why it is still there.
		expect(await here.files.settled()).toBe(true);
		here.end();
	});

	test('beyond what a message carries is left out, in words', async () => {
		const { tab } = await world();
		const here = composer(tab, rooms[0]);
		const many = Array.from({ length: LIMITS.filesMax + 2 }, (_, n) => fileOf(`${n}`));
		expect((await here.files.add(many)).map(({ name }) => name)).toEqual(['10', '11']);
		expect(here.told).toHaveLength(1);
		expect(here.names()).toHaveLength(LIMITS.filesMax);
		here.end();
	});
});

describe('the files of a room that the person is no longer in', () => {
	test.each([
		['a month after they were picked', 31, 0],
		['not before: a device may know fewer rooms than there are', 29, 1]
	])('go once the device is up to date, and no others; %s', async (_when, days, left) => {
		const { tab } = await world();
		for (const room of rooms) {
			const here = composer(tab, room);
			await here.files.add([fileOf('a')]);
			here.end();
		}
		let isUpToDate = false;
		const changes = listeners<[]>();
		let removal: Promise<void> | null = null;
		const end = forgetFilesOfGoneRooms({
			files: {
				removeAllBut: (...asked) => (removal = tab.drafts.removeAllBut(...asked))
			},
			rooms: writable([{ id: rooms[1] }]),
			isUpToDate: () => isUpToDate,
			watchUpToDate: changes.add,
			now: () => Date.now() + days * 86_400_000,
			onError: fail
		});
		changes.tell();
		expect(removal).toBeNull();
		isUpToDate = true;
		changes.tell();
		await vi.waitFor(() => expect(removal).not.toBeNull());
		await removal;
		expect(await tab.drafts.of(rooms[0])).toHaveLength(left);
		expect(await tab.drafts.of(rooms[1])).toHaveLength(1);
		end();
	});
});

describe('where the browser has no room', () => {
	test('it is told once, stays in this window, and goes when there is room', async () => {
		const { browser, tab } = await world();
		let isFull = true;
		const full = await browser.tab((store) => ({
			...{ of: (room) => store.of(room), bytes: (one) => store.bytes(one) },
			...{ remove: (ids) => store.remove(ids), rooms: () => store.rooms() },
			watch: (changed) => store.watch(changed),
			add: (...of) => (isFull ? Promise.reject(new StoreError('full')) : store.add(...of))
		}));
		const here = composer(full, rooms[0]);
		await here.files.add([fileOf('a')]);
		expect(here.told).toEqual([
			'a: It could not be kept on this device. It goes along only while this page stays open.'
		]);
		expect(here.items()).toMatchObject([{ isSafe: false, isBusy: false }]);
		here.end();
		const back = composer(full, rooms[0]);
		await vi.waitFor(() => expect(back.names()).toEqual(['a']));
		expect(back.told).toEqual([]);
		isFull = false;
		await back.files.add([fileOf('b')]);
		expect(await back.send('both')).toBe(true);
		expect(await queued(tab)).toEqual([['bytes of a', 'bytes of b']]);
		expect(await full.drafts.of(rooms[0])).toEqual([]);
		back.end();
		full.close();
	});

	test('in a browser that keeps nothing it works from memory, and nothing is said twice', async () => {
		const { browser } = await world();
		const tab = await browser.tab(() => null);
		const here = composer(tab, rooms[0]);
		await here.files.add([fileOf('a')]);
		expect([here.told, here.items()[0]?.isSafe]).toEqual([[], false]);
		here.end();
		const back = composer(tab, rooms[0]);
		await vi.waitFor(() => expect(back.names()).toEqual(['a']));
		expect(await back.send('it')).toBe(true);
		expect(await tab.drafts.of(rooms[0])).toEqual([]);
		back.end();
		tab.close();
	});
});

type Step =
	| { is: 'pick'; tab: 0 | 1; count: number }
	| { is: 'remove' | 'send' | 'reload' | 'room'; tab: 0 | 1; at: number }
	| { is: 'race' };
const tabs = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
	fc.record({ is: fc.constant('pick' as const), tab: tabs, count: fc.integer({ min: 1, max: 3 }) }),
	fc.record({
		is: fc.constantFrom('remove' as const, 'send' as const, 'reload' as const, 'room' as const),
		tab: tabs,
		at: fc.nat(5)
	}),
	fc.constant({ is: 'race' as const })
);

/** Two tabs on one conversation, and what they should show and have sent. */
class Play {
	readonly browser = device();
	readonly tabs: Tab[] = [];
	readonly open: ReturnType<typeof composer>[] = [];
	shown: string[] = [];
	sent: string[][] = [];
	#made = 0;

	async begin(): Promise<void> {
		for (const n of [0, 1]) {
			this.tabs[n] = await this.browser.tab();
			this.open[n] = composer(this.tabs[n], rooms[0]);
		}
		await this.rest();
	}

	/** Both tabs show what is not sent, and the outbox has what is, byte by byte. */
	async rest(): Promise<void> {
		for (const one of this.open) await one.files.settled();
		await vi.waitFor(
			() => expect(this.open.map((one) => one.names())).toEqual([this.shown, this.shown]),
			{ interval: 2 }
		);
		expect(await queued(this.tabs[0]!)).toEqual(
			this.sent.map((names) => names.map((name) => `bytes of ${name}`))
		);
	}

	async run(one: Step): Promise<void> {
		if (one.is === 'race') await this.race();
		else if (one.is === 'pick') await this.pick(one.tab, one.count);
		else await this[one.is](one.tab, one.at);
		await this.rest();
	}

	async pick(tab: number, count: number): Promise<void> {
		const names = Array.from({ length: count }, () => `file ${++this.#made}`);
		await this.open[tab]!.files.add(names.map(fileOf));
		this.shown = [...this.shown, ...names].slice(0, LIMITS.filesMax);
	}

	async remove(tab: number, at: number): Promise<void> {
		const item = this.open[tab]!.items()[at];
		if (!item) return;
		this.open[tab]!.files.remove(item.key);
		this.shown = this.shown.filter((name) => name !== item.file.name);
	}

	async send(tab: number): Promise<void> {
		if (this.shown.length === 0) return;
		expect(await this.open[tab]!.send('said')).toBe(true);
		this.sent.push(this.shown);
		this.shown = [];
	}

	async race(): Promise<void> {
		if (this.shown.length === 0) return;
		const done = await Promise.all(this.open.map((one, n) => one.send(`said by ${n}`)));
		expect(done.filter(Boolean)).toHaveLength(1);
		this.sent.push(this.shown);
		this.shown = [];
	}

	async reload(tab: number): Promise<void> {
		this.open[tab]!.end();
		this.tabs[tab]!.close();
		this.tabs[tab] = await this.browser.tab();
		this.open[tab] = composer(this.tabs[tab], rooms[0]);
	}

	async room(tab: number): Promise<void> {
		this.open[tab]!.end();
		const elsewhere = composer(this.tabs[tab]!, rooms[1]);
		await elsewhere.files.settled();
		expect(elsewhere.names()).toEqual([]);
		elsewhere.end();
		this.open[tab] = composer(this.tabs[tab]!, rooms[0]);
	}

	async end(): Promise<void> {
		for (const one of this.open) one.end();
		for (const tab of this.tabs) tab.close();
		await this.browser.end();
	}
}

test('whatever is picked, taken away, left, reloaded and sent by two tabs: nothing is lost or doubled', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
			const play = new Play();
			await play.begin();
			try {
				for (const one of steps) await play.run(one);
			} finally {
				await play.end();
			}
		}),
		{ numRuns: 25 }
	);
}, 60_000);
