/** What the page of tests/e2e/device.spec.ts loads: the contract suites and the real browser's implementations. */
import { deleteAccountData, openAccount, openCache, openOutbox } from '../../src/lib/db/open.ts';
import { broadcastChannel, tabChannel } from '../../src/lib/net/channel.ts';
import { leaderLock, webLock } from '../../src/lib/net/tab-lock.ts';
import { openIndex } from './index.ts';
import { localSearchContract } from './local-search.ts';
import { draftFilesContract, openDraftFiles } from './draft-files.ts';
import { fileQueueContract } from './file-queue.ts';
import { localStoreContract } from './local-store.ts';
import { outboxStoreContract } from './outbox-store.ts';
import { PageSuite, type PageResult } from './page-suite.ts';
import { change, id, ME, message, post } from './rows.ts';
import { channelContract, lockContract } from './tabs.ts';

const quiet = { outdated: () => undefined, deleted: () => undefined };

/** Runs every suite on what this browser has. */
async function runContracts(): Promise<PageResult[]> {
	const stores = new PageSuite('LocalStore on IndexedDB');
	localStoreContract(stores, async () => {
		const account = id();
		const store = await openCache(account, quiet);
		const second = await openCache(account, quiet);
		return { store, second, end: () => deleteAccountData(account) };
	});
	const outboxes = new PageSuite('OutboxStore on IndexedDB');
	outboxStoreContract(outboxes, async () => {
		const account = id();
		const store = await openOutbox(account, quiet);
		const second = await openOutbox(account, quiet);
		return { store, second, end: () => deleteAccountData(account) };
	});
	const files = new PageSuite('FileQueue on IndexedDB');
	fileQueueContract(files, async () => {
		const account = id();
		const opened = await openAccount(account, quiet);
		const second = await openAccount(account, quiet);
		return { queue: opened.files, second: second.files, end: () => deleteAccountData(account) };
	});
	const draftFiles = new PageSuite('DraftFiles on IndexedDB');
	draftFilesContract(draftFiles, openDraftFiles);
	const rows = new PageSuite('LocalSearch over rows in IndexedDB');
	localSearchContract(rows, () => openIndex(false));
	const index = new PageSuite('LocalSearch by the index in IndexedDB');
	localSearchContract(index, () => openIndex(true));
	const locks = new PageSuite('Lock on Web Locks');
	lockContract(locks, () => {
		const name = leaderLock(id());
		return { tab: () => webLock(name) };
	});
	const channels = new PageSuite('Channel on BroadcastChannel');
	channelContract(channels, () => {
		const name = tabChannel(id());
		return { tab: () => broadcastChannel(name) };
	});
	const results: PageResult[] = [];
	for (const suite of [stores, outboxes, files, draftFiles, rows, index, locks, channels])
		results.push(...(await suite.run()));
	return results;
}

/** This tab's part in the struggle for leadership. */
const tab = { leads: false, lost: 0 };
const leading = () => (lost: AbortSignal) =>
	new Promise<void>((resolve) => {
		tab.leads = true;
		lost.addEventListener('abort', () => {
			tab.leads = false;
			tab.lost++;
			resolve();
		});
	});

const page = {
	runContracts,
	tab,
	/** Waits for leadership of the account, as every tab does from its start. */
	campaign(account: string): void {
		void webLock(leaderLock(account)).hold(leading(), new AbortController().signal);
	},
	steal(account: string): void {
		void webLock(leaderLock(account)).steal(leading(), new AbortController().signal);
	},
	/** Queues a message; resolves once it is durable. */
	async queue(account: string, room: string, body: string): Promise<void> {
		const outbox = await openOutbox(account, quiet);
		await outbox.add(post(room, body), room, 1);
		outbox.close();
	},
	async queued(account: string): Promise<string[]> {
		const outbox = await openOutbox(account, quiet);
		const rows = await outbox.all();
		outbox.close();
		return rows.map((row) => ('body' in row.act ? row.act.body : ''));
	},
	/** Opens an account and counts what it hears of other tabs' writes. */
	async follow(account: string, room: string): Promise<void> {
		const { cache, outbox } = await openAccount(account, quiet);
		cache.watch(room, () => page.heard.cache++);
		outbox.watch(() => page.heard.outbox++);
	},
	heard: { cache: 0, outbox: 0 },
	/** Commits one message to a room that is not known yet. */
	async commit(account: string, room: string): Promise<void> {
		const cache = await openCache(account, quiet);
		await cache.commit([change(room, { rows: [message(room, 1)] })], ME);
		cache.close();
	}
};
export type DevicePage = typeof page;
Object.assign(globalThis, { device: page });
