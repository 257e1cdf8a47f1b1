/**
 * The browser's composition root: opens the databases of the signed-in account, joins the tabs,
 * starts the hub, and hands screens one object to read and act with.
 */
import type { SignedIn } from '../../db/device.ts';
import { writable, type OnError, type Writable } from '../../db/live.ts';
import { openAccount, openShares, type Opened } from '../../db/open.ts';
import { sharedReads } from '../../db/outbox-reads.ts';
import { readPrefs, watchPrefs } from '../../db/prefs.ts';
import { addSyncNote, noteError } from '../../db/sync-notes.ts';
import { createQueries } from '../../db/queries.ts';
import { askForBackgroundSync } from '../../net/background-sync.ts';
import { browserClock, browserRandom, channelFor, lockFor } from '../../net/browser.ts';
import { httpTransport } from '../../net/http.ts';
import { socketTransport } from '../../net/socket-io.ts';
import { tusTransport } from '../../net/tus.ts';
import { uuid7 } from '../../protocol/ids.ts';
import { Hub } from '../../sync/engine/hub.ts';
import { listeners } from '../../sync/listeners.ts';
import { StoreError, type Channel } from '../../sync/ports.ts';
import { loadOnce } from '../load-once.ts';
import { createWriting, type Act, type StorageState, type Writing } from './act.ts';
import type { Client, SignedOut } from './client-types.ts';
import { createCallLink } from './call-link.ts';
import { createDevice, keepInBudget, repairStrays } from './device.ts';
import { createDraftFiles, forgetFilesOfGoneRooms } from './draft-files.ts';
import { createDrafts } from './drafts.ts';
import { createFileVerbs } from './files.ts';
import { createMessages, createOutbox } from './messages.ts';
import { onResume } from './on-resume.ts';
import { createPeople } from './people.ts';
import { PresenceAndTyping } from './presence-and-typing.ts';
import { RoomReadAhead } from './room-sources.ts';
import { createRooms } from './rooms.ts';
import { createSearch } from './search.ts';
import { createShares } from './shares.ts';
import { followConnection, liveStatus } from './status.ts';
export type * from './client-types.ts';

const newId = (): string => uuid7(browserClock.now(), browserRandom.bytes(10));

/** How an account is ended on this device, and what is no error from then on. */
class Ending {
	readonly signOuts = listeners<[SignedOut]>();
	readonly #report: OnError;
	readonly #stop = new AbortController();
	/** what is to have come to an end before the account is closed */
	readonly work = new Set<Promise<unknown>>();

	constructor(report: OnError) {
		this.#report = report;
	}

	/** Whether nothing may be kept of this account any more. */
	get hasBegun(): boolean {
		return this.signal.aborted;
	}

	/** Aborts when it begins. */
	get signal(): AbortSignal {
		return this.#stop.signal;
	}

	/** The client is being closed. */
	begin(): void {
		this.#stop.abort();
	}

	/** The account's databases were deleted. */
	deleted(): void {
		this.begin();
		this.signOuts.tell('elsewhere');
	}

	/** What is under way while the account is closed or wiped finds nothing left, and that is no error. */
	readonly onError: OnError = (error) => {
		const isExpected = error instanceof StoreError && error.reason === 'closed';
		if (!(this.hasBegun && isExpected)) this.#report(error);
	};
}

/** Opens the databases; a browser that refuses them leads to memory, which `storage` then says. */
async function openDatabases(
	account: string,
	storage: Writable<StorageState>,
	onDeleted: () => void,
	onError: OnError
): Promise<Opened> {
	const opened = await openAccount(account, {
		outdated: () => storage.set({ ...storage.get(), outdated: true }),
		deleted: onDeleted,
		// It is mended by itself: a line for whoever looks into the console, and no error of the app.
		damaged: (error) => console.warn(error.message)
	});
	const { cacheError, outboxError } = opened;
	if (cacheError) onError(cacheError);
	if (outboxError) onError(outboxError);
	if (cacheError ?? outboxError) storage.set({ ...storage.get(), kind: 'memory' });
	return opened;
}

/** This tab's hub, on the ways to the server that a browser has. */
function createHub(
	{ account, device }: SignedIn,
	{ cache, outbox, files, cacheError }: Opened,
	onFileProgress: (id: string, sent: number) => void,
	onError: OnError
): { hub: Hub; channel: Channel } {
	const me = account.person;
	const isShared = !cacheError;
	const channel = channelFor(me.id, isShared);
	const server = { device, person: me.id };
	const hub = new Hub({
		me,
		store: cache,
		outbox,
		files: { queue: files, transport: tusTransport, onProgress: onFileProgress },
		transports: [socketTransport(server), httpTransport(server)],
		lock: lockFor(me.id, isShared),
		channel,
		clock: browserClock,
		random: browserRandom,
		online: () => navigator.onLine,
		onError
	});
	return { hub, channel };
}

/** Joins the other tabs: the hub, and what the person does through it. */
function joinTabs(signedIn: SignedIn, opened: Opened, writing: Writing, onError: OnError) {
	const { outbox, files: queue } = opened;
	const act: Act = async (draft, picked) => {
		const id = await writing(() => hub.queue.add(draft, picked));
		if (!connection.isLive()) askForBackgroundSync(onError);
		return id;
	};
	const files = createFileVerbs({ queue, outbox, act, writing, onError });
	const { hub, channel } = createHub(signedIn, opened, files.onProgress, onError);
	const connection = followConnection(hub, signedIn.sessionEnded);
	return { hub, channel, connection, act, files };
}

/**
 * Opens the client of the account that is signed in. Never rejects: a browser that refuses its
 * database leads to memory, which `status` says. Over 60 lines because it is the list of all parts.
 * @param signedIn as the device's note has it; an account whose session ended is opened for reading and queueing only
 */
export async function openClient(signedIn: SignedIn, report: OnError): Promise<Client> {
	const card = signedIn.account.person;
	const me = card.id;
	const storage = writable<StorageState>({ kind: 'device', outdated: false, full: false });
	const ending = new Ending((error) => {
		if (!ending.hasBegun) noteError(me, error);
		report(error);
	});
	const { onError, signOuts } = ending;
	const opened = await openDatabases(me, storage, () => ending.deleted(), onError);
	const { cache, outbox } = opened;
	const unsent = sharedReads(outbox);
	const writing = createWriting(storage);
	const tab = joinTabs(signedIn, opened, writing, onError);
	const { hub, connection, act, files } = tab;
	hub.onSignedOut(() => signOuts.tell('session-ended'));

	const reads = { me, cache, unsent, onError };
	const { serverNow: now, sending, isLinked, isLive } = connection;
	const queries = createQueries({
		...reads,
		outbox: unsent,
		unsaved: hub.queue.unsaved,
		files: opened.files,
		card,
		now,
		sending,
		isLinked
	});
	const ahead = new RoomReadAhead({
		make: (room, opensAt) => ({
			source: queries.timeline(room, opensAt),
			detail: queries.room(room),
			members: queries.members(room)
		}),
		clock: browserClock
	});
	const presence = new PresenceAndTyping({ ...reads, hub, cards: queries.cards, isLive });
	const drafts = createDrafts({ ...reads, outbox, writing });
	const draftFiles = createDraftFiles({ store: opened.draftFiles, writing, onError });
	const queue = createOutbox({ queries, hub, files, writing });
	const clock = { now: browserClock.now, makeId: newId };
	const shares = createShares({ ...reads, ...clock, open: openShares, rooms: queries.rooms });
	const verbs = { queries, hub, presence, act, writing, files };
	const search = createSearch({
		...reads,
		isKept: !opened.cacheError,
		queries,
		hub,
		watchLeads: connection.status.watch
	});
	const ends = [
		search.end,
		connection.status.watch(() => {
			const { link, leads } = connection.status.get();
			if (leads && !ending.hasBegun) addSyncNote(me, 'links', link.link);
		}),
		onResume(() => hub.retryNow()),
		repairStrays(cache, onError),
		keepInBudget({ cache, me, now }, () => hub.leads, onError),
		forgetFilesOfGoneRooms({
			files: draftFiles,
			rooms: queries.rooms(),
			isUpToDate: connection.isUpToDate,
			watchUpToDate: connection.status.watch,
			now: browserClock.now,
			onError
		}),
		() => ahead.end(),
		() => presence.end(),
		shares.end
	];
	if (!signedIn.sessionEnded) hub.start();

	return {
		me: card,
		status: liveStatus({ ...reads, connection, storage }),
		rooms: createRooms({
			...verbs,
			ahead,
			prefs: () => readPrefs({ cache, outbox }),
			makeId: newId,
			onError
		}),
		messages: createMessages({
			...verbs,
			outbox: queue,
			cache,
			isOpen: () => !ending.hasBegun,
			news: {
				...reads,
				watchUpToDate: connection.status.watch,
				isUpToDate: connection.isUpToDate,
				now
			}
		}),
		outbox: queue,
		people: createPeople({ ...verbs, me, cache, outbox }),
		drafts,
		draftFiles,
		shares,
		device: createDevice({
			cache,
			me,
			search,
			now,
			markRead: (room, upto) => hub.read(room, upto),
			fetchHistory: (request) => hub.fetchHistory(request)
		}),
		search,
		calls: createCallLink({
			...{ hub, cache, connection, me: card, device: signedIn.device, makeId: newId },
			isShared: !opened.cacheError
		}),
		exports: loadOnce(async () => {
			const { createExports } = await import('./export/exports.ts');
			return createExports({ cache, hub, me: card, isLinked, ending });
		}),
		knowledge: loadOnce(async () => {
			const { createKnowledge } = await import('./knowledge/knowledge.ts');
			return createKnowledge({ ...reads, files: opened.files, hub, connection });
		}),
		prefs: () => watchPrefs({ ...reads, outbox: unsent }),
		act,
		retryNow: () => hub.retryNow(),
		onSignedOut: signOuts.add,
		async close() {
			ending.begin();
			for (const end of ends) end();
			await hub.stop();
			await Promise.allSettled(ending.work);
			tab.channel.close();
			cache.close();
			unsent.end();
			outbox.close();
		}
	};
}
