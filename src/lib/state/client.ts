/**
 * The browser's composition root: opens the databases of the signed-in account, joins the tabs,
 * starts the hub, and hands screens one object to read and act with.
 */
import { watchDraft } from '../db/drafts.ts';
import { watchPrefs } from '../db/prefs.ts';
import { createQueries } from '../db/queries.ts';
import { cell, live, type Live } from '../db/live.ts';
import type { SignedIn } from '../db/device.ts';
import { openAccount, openShares } from '../db/open.ts';
import { sharedReads } from '../db/outbox-reads.ts';
import { askForBackgroundSync } from '../net/background-sync.ts';
import { httpTransport } from '../net/http.ts';
import { socketTransport } from '../net/socket-io.ts';
import { uuid7, type PersonId, type RoomId } from '../protocol/ids.ts';
import { LIMITS } from '../protocol/limits.ts';
import { createHub } from '../sync/hub.ts';
import { isPersons } from '../sync/compose.ts';
import { StoreError, type LinkStatus } from '../sync/ports.ts';
import { browserClock, browserRandom, channelFor, lockFor } from '../net/browser.ts';
import type { Client, ClientStatus, MessageItem, StorageState } from './client-types.ts';
import { createFileVerbs } from './files.ts';
import { createGlances } from './glances.ts';
import { watchNews } from './notifications-news.ts';
import { createPeople } from './people.ts';
import { createShares } from './shares.ts';
import { keepInBudget, usage } from './storage.ts';
import { isPersistent, persist, trimRoom } from '../db/storage-health.ts';
import { wakeOnReturn } from './waking.ts';
export type * from './client-types.ts';

/** Where faults that are nobody's plan are told. */
export type Report = (fault: unknown) => void;

const SEALED: LinkStatus = { link: 'signed-out', retryAt: null, sending: [], clockOffset: 0 };

/**
 * Opens the client of the account that is signed in. Never rejects: a browser that refuses its
 * database leads to memory, which `status` says.
 * @param signedIn as the device's note has it; a sealed account is opened for reading and queueing only
 */
export async function openClient(signedIn: SignedIn, report: Report): Promise<Client> {
	const me = signedIn.account.person;
	const storage = cell<StorageState>({ kind: 'device', outdated: false, full: false });
	/** Whoever reads while the account is being closed or wiped finds nothing left to read, and that is no fault. */
	let over = false;
	const complain: Report = (fault) => {
		if (!(over && fault instanceof StoreError && fault.reason === 'closed')) report(fault);
	};
	const signOuts = new Set<(why: 'here' | 'elsewhere' | 'session-ended') => void>();
	const signedOut = (why: 'elsewhere' | 'session-ended') => {
		if (why === 'elsewhere') over = true;
		for (const run of [...signOuts]) run(why);
	};
	const { cache, outbox, files, cacheFault, outboxFault } = await openAccount(me.id, {
		outdated: () => storage.set({ ...storage.get(), outdated: true }),
		deleted: () => signedOut('elsewhere')
	});
	if (cacheFault) report(cacheFault);
	if (outboxFault) report(outboxFault);
	if (cacheFault ?? outboxFault) storage.set({ ...storage.get(), kind: 'memory' });

	const isShared = !cacheFault;
	const channel = channelFor(me.id, isShared);
	const server = { device: signedIn.device, person: me.id };
	const hub = createHub({
		me,
		store: cache,
		outbox,
		files,
		transports: [socketTransport(server), httpTransport(server)],
		lock: lockFor(me.id, isShared),
		channel,
		clock: browserClock,
		random: browserRandom,
		online: () => navigator.onLine,
		onFault: report
	});

	const status = cell({ link: signedIn.sealed ? SEALED : hub.status, leads: false });
	const sending = cell<readonly string[]>([]);
	hub.onStatus((link, leads) => {
		status.set({ link, leads });
		if (link.sending.join() !== sending.get().join()) sending.set(link.sending);
	});
	hub.onSignedOut(() => signedOut('session-ended'));
	const isLinked = () => isLive() || status.get().link.link === 'polling';
	const isLive = () => ['live', 'catching-up'].includes(status.get().link.link);
	const unsent = sharedReads(outbox);
	const queries = createQueries({
		cache,
		outbox: unsent,
		files,
		me: me.id,
		card: me,
		now: () => browserClock.now() + status.get().link.clockOffset,
		sending,
		isLinked,
		complain
	});
	const glances = createGlances({ hub, me: me.id, cards: queries.cards, isLive, complain });

	/** Whatever writes what cannot be fetched again tells when the device is full. */
	async function writing<T>(write: () => Promise<T>): Promise<T> {
		try {
			const answer = await write();
			if (storage.get().full) storage.set({ ...storage.get(), full: false });
			return answer;
		} catch (error) {
			if (error instanceof StoreError && error.reason === 'full') {
				storage.set({ ...storage.get(), full: true });
			}
			throw error;
		}
	}
	const act: Client['act'] = async (draft) => {
		const id = await writing(() => hub.act(draft));
		if (!isLive()) askForBackgroundSync(report);
		return id;
	};
	const fileVerbs = createFileVerbs({ queue: files, outbox, act, writing, report });
	status.watch(() => fileVerbs.setSending(status.get().leads && isLinked()));
	const people = createPeople({ me: me.id, cache, outbox, act, remember: queries.remember });
	const saveDraft: Client['saveDraft'] = (draft) =>
		writing(() => outbox.saveDraft({ ...draft, at: browserClock.now() }));

	/** What was said took the draft along that it grew from; one that was changed in its last moment is left. */
	async function clearDraft(room: RoomId): Promise<void> {
		if (await outbox.draft(room)) await saveDraft({ room, body: '' });
	}

	const newId = (): string => uuid7(browserClock.now(), browserRandom.bytes(10));
	const shares = createShares({
		...{ me: me.id, open: openShares, rooms: queries.rooms, complain },
		...{ now: browserClock.now, makeId: newId }
	});

	async function readStatus(): Promise<ClientStatus> {
		const rows = (await unsent.all()).filter(isPersons);
		const needsYou = rows.filter((row) => row.state === 'refused').length;
		const { link, leads } = status.get();
		return {
			...link,
			queued: rows.length - needsYou,
			needsYou,
			leader: leads,
			storage: storage.get()
		};
	}

	async function edit(item: MessageItem, body: string): Promise<void> {
		if (item.delivery !== 'sent' && (await writing(() => hub.rewrite(item.id, body)))) {
			if (item.delivery === 'refused') await hub.retry(item.id);
			return;
		}
		if (item.change?.delivery === 'refused') await hub.discard(item.change.id);
		await act({ kind: 'message.edit', room: item.room, message: item.id, body });
	}

	async function recall(item: MessageItem): Promise<void> {
		if (item.delivery === 'refused') return discard(item.id);
		if (item.change?.delivery === 'refused') await hub.discard(item.change.id);
		await fileVerbs.withFilesOf(item.id, () => writing(() => hub.recall(item.room, item.id)));
	}

	const discard = (id: string) => fileVerbs.withFilesOf(id, () => hub.discard(id));

	const stopWaking = wakeOnReturn(() => hub.nudge());
	const stopTrimming = keepInBudget(cache, me.id, () => hub.leads, report);
	if (!signedIn.sealed) hub.start();

	return {
		me,
		rooms: queries.rooms,
		listings: queries.listings,
		room: queries.room,
		members: queries.members,
		banned: queries.banned,
		contacts: queries.contacts,
		self: queries.self,
		invites: queries.invites,
		timeline: queries.timeline,
		outbox: queries.outbox,
		draft: (room) => outbox.draft(room),
		saveDraft,
		async sendFiles(room, body, chosen, reply) {
			const id = await fileVerbs.sendFiles(room, body, chosen, reply);
			await clearDraft(room);
			return id;
		},
		localFiles: fileVerbs.localFiles,
		localBytes: fileVerbs.localBytes,
		sharedDraft: (room) => watchDraft(room, { cache, outbox: unsent, me: me.id, complain }),
		cardsByNumber: (numbers) => cache.cardsByNumber([...numbers]),
		status: live(
			readStatus,
			[status.watch, storage.watch, (changed) => unsent.watch(changed)],
			complain
		),
		presence: (room): Live<ReadonlySet<PersonId> | null> => glances.presence(room),
		lastSeen: (room) => glances.lastSeen(room),
		friendsOnline: () => glances.friendsOnline(),
		lookAtFriends: (on) => glances.lookAtFriends(on),
		typing: (room) => glances.typing(room),
		act,
		async send(room, body, reply) {
			const id = await act({ kind: 'message.post', room, body, ...(reply ? { reply } : {}) });
			await clearDraft(room);
			return id;
		},
		async createRoom(room) {
			const id = newId();
			await act({ kind: 'room.create', room: id, ...room });
			return id;
		},
		async find(name) {
			const { card } = await hub.ask('find', { name });
			if (card) queries.remember(card);
			return card;
		},
		invited: async (room, token) => (await hub.ask('invite', { room, invite: token })).room,
		openDirect: people.openDirect,
		makeInvite: people.makeInvite,
		async forward(item, room) {
			await act({ kind: 'message.post', room, body: item.body, forward: item.id });
		},
		edit,
		recall,
		rewrite: (id, body) => writing(() => hub.rewrite(id, body)),
		async retry(id) {
			await writing(() => hub.retry(id));
		},
		discard,
		read(room, upto) {
			hub.read(room, upto).catch(report);
		},
		look: (room) => glances.look(room),
		setTyping: (room) => glances.setTyping(room),
		shares,
		fill: (hole) => hub.fill(hole),
		nudge: () => hub.nudge(),
		storage: () => usage(cache),
		async wipeRoom(room) {
			const state = await cache.stream(room);
			// Nothing unread is there: what lies behind may count as read, so that it can go.
			if (state?.unread === 0 && state.cursor) await hub.read(room, state.cursor.s);
			await trimRoom(cache, me.id, room, LIMITS.pageMessages);
		},
		async persist() {
			return (await isPersistent()) || (await persist());
		},
		prefs: () => watchPrefs({ cache, outbox: unsent, me: me.id, complain }),
		onNews: (run) =>
			watchNews(
				{
					...{ cache, me: me.id, complain, watchLevel: status.watch },
					isLevel: () => ['live', 'polling'].includes(status.get().link.link),
					now: () => browserClock.now() + status.get().link.clockOffset
				},
				run
			),
		onSignedOut(run) {
			signOuts.add(run);
			return () => void signOuts.delete(run);
		},
		async close() {
			over = true;
			stopWaking();
			stopTrimming();
			glances.end();
			fileVerbs.end();
			shares.end();
			await hub.stop();
			channel.close();
			cache.close();
			unsent.end();
			outbox.close();
		}
	};
}
