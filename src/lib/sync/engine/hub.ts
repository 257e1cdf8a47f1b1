/**
 * Many tabs, one device. Every tab has a hub: it writes what the person does into the outbox, and
 * one of them leads: it runs the engine for all. Everything stays correct if two should lead at once.
 */
import type { Card } from '../../protocol/change.ts';
import type { Presence, Typing } from '../../protocol/down.ts';
import type { RequestName, Requests } from '../../protocol/events.ts';
import type { ActId, RoomId } from '../../protocol/ids.ts';
import { anySignal } from '../any-signal.ts';
import { listeners } from '../listeners.ts';
import { ActQueue } from '../outbox/act-queue.ts';
import type { FileSending } from '../outbox/file-sender.ts';
import type {
	Channel,
	Clock,
	FetchRequest,
	LinkStatus,
	LocalStore,
	Lock,
	OutboxStore,
	Random,
	TabInterests,
	TabMessage,
	Transport
} from '../ports.ts';
import { applyRead } from '../reconcile/reconcile-feed.ts';
import { Engine } from './engine.ts';
import { Leader } from './leader.ts';
import { LeaderWatch } from './leader-watch.ts';
import { createReplica, type Replica } from './replica.ts';
import { request } from './request.ts';
import { TabCalls } from './tab-calls.ts';
import { createTabInterests, NO_INTERESTS } from './tab-interests.ts';

interface HubParts {
	me: Card;
	store: LocalStore;
	outbox: OutboxStore;
	/** files on their way, where there are any */
	files?: FileSending;
	transports: Transport[];
	lock: Lock;
	channel: Channel;
	clock: Clock;
	random: Random;
	/** whether the browser believes to have a network */
	online?: () => boolean;
	/** called with unexpected errors, for the log */
	onError?: (error: unknown) => void;
}

const IDLE: LinkStatus = { link: 'starting', retryAt: null, sending: [], clockOffset: 0 };

/** 64 random bits in hex. */
function newTabId(random: Random): string {
	return Array.from(random.bytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The hub of one tab. */
export class Hub {
	/** what the person does goes in here, whichever tab it is */
	readonly queue: ActQueue;
	/** what is said of calls, and asked about them */
	readonly calls: TabCalls;
	private readonly parts: HubParts;
	private readonly replica: Replica;
	private readonly tab: string;
	private readonly tabs = createTabInterests();
	private readonly watch: LeaderWatch;
	private readonly stopped = new AbortController();
	private readonly statuses = listeners<[LinkStatus, boolean]>();
	private readonly presences = listeners<[Presence]>();
	private readonly typings = listeners<[Typing]>();
	private readonly accepted = listeners<[ActId[]]>();
	private readonly signOuts = listeners<[]>();
	/* each calls back until its answer is called */
	readonly onStatus = this.statuses.add;
	readonly onPresence = this.presences.add;
	readonly onTyping = this.typings.add;
	/** with acts that the server has taken, whichever tab handed them in */
	readonly onAccepted = this.accepted.add;
	readonly onSignedOut = this.signOuts.add;
	private interests = NO_INTERESTS;
	private currentStatus = IDLE;
	private leader: Leader | null = null;
	private leading: Promise<void> = Promise.resolve();
	private unlisten = (): void => undefined;

	constructor(parts: HubParts) {
		const { me, store, clock, random } = parts;
		this.parts = parts;
		this.replica = createReplica(store, me.id);
		this.queue = new ActQueue({ ...parts, me: me.id });
		this.tab = newTabId(random);
		const takeOver = (): void => this.takeOver();
		this.watch = new LeaderWatch({ clock, ask: () => this.postInterests(), takeOver });
		this.calls = new TabCalls({
			tab: this.tab,
			clock,
			post: (message) => this.post(message),
			engine: () => this.leader?.engine ?? null,
			watch: this.onStatus,
			takeOver
		});
	}

	/** Joins the other tabs, and leads as soon as no other one does. */
	start(): void {
		this.unlisten = this.parts.channel.listen((message) => this.heard(message));
		this.watch.restart();
		this.postInterests();
		this.calls.askOthers();
		this.leading = this.campaign();
		this.leading.catch((error: unknown) => this.parts.onError?.(error));
	}

	/** Gives leadership up and ends this tab's part. */
	async stop(): Promise<void> {
		this.post({ type: 'bye', tab: this.tab });
		this.stopped.abort();
		this.leader?.end();
		this.watch.stop();
		this.calls.end();
		this.unlisten();
		await this.leading.catch(() => undefined);
	}

	get status(): LinkStatus {
		return this.currentStatus;
	}

	/** Whether this tab talks to the server for all. */
	get leads(): boolean {
		return this.leader !== null;
	}

	/** The message with this seq was on screen. Only the newest read position of a room is worth sending. */
	async read(room: RoomId, upto: number): Promise<void> {
		// The engine of the tab that leads keeps the replica fresh; no other tab has one.
		if (!this.leader) await this.replica.load();
		const changes = await this.replica.update((states) => applyRead(states, room, upto));
		if (changes.length === 0) return;
		await this.queue.add({ kind: 'read.mark', room, upto });
	}

	/**
	 * Asks the server something whose answer is not written into any stream. Rejects with LinkError when it cannot be
	 * asked, or says no.
	 */
	ask<N extends Exclude<RequestName, 'acts'>>(
		name: N,
		question: Requests[N]['ask']
	): Promise<Requests[N]['answer']> {
		return request(this.parts.transports.at(-1)!, name, question);
	}

	/** @param friends whether who of the friends is online is on screen, too */
	watchRoom(room: RoomId | null, friends = false): void {
		this.setInterests({ room, friends });
	}

	/** @param room in which the person is typing; null: in none */
	typing(room: RoomId | null): void {
		this.setInterests({ typing: room });
	}

	/** Fetches a piece of a hole; null: it is not wanted any more. */
	fetchHistory(fetch: FetchRequest | null): void {
		this.setInterests({ fetch });
	}

	/** Tries to reach the server now. */
	retryNow(): void {
		this.setInterests({ retryNow: this.interests.retryNow + 1 });
	}

	/* ------------------------------------------------------------ leading */

	/** Waits for leadership again and again, until this tab is closed. */
	private async campaign(): Promise<void> {
		const { signal } = this.stopped;
		while (!signal.aborted) {
			await this.parts.lock.hold((lost) => this.lead(lost), signal);
			if (this.currentStatus.link === 'signed-out') return;
		}
	}

	/** A leader that is frozen still holds the lock. */
	private takeOver(): void {
		const stolen = this.parts.lock.steal((lost) => this.lead(lost), this.stopped.signal);
		stolen.catch((error: unknown) => this.parts.onError?.(error));
		this.leading = Promise.allSettled([this.leading, stolen]).then(() => undefined);
	}

	private async lead(lost: AbortSignal): Promise<void> {
		this.watch.stop();
		const engine = this.createEngine(() => leader);
		const leader = new Leader({
			engine,
			tabs: this.tabs,
			clock: this.parts.clock,
			announce: () => this.post({ type: 'leader', tab: this.tab, status: this.currentStatus })
		});
		this.leader = leader;
		leader.start(this.tab, this.interests);
		try {
			await engine.run(anySignal([lost, this.stopped.signal]));
		} finally {
			if (this.leader === leader) this.leader = null;
			leader.end();
			this.statuses.tell(this.currentStatus, false);
			if (!this.stopped.signal.aborted) this.watch.restart();
		}
	}

	/** @param itsLeader the part that the engine is made for; another one may have taken its place */
	private createEngine(itsLeader: () => Leader): Engine {
		const { me, outbox, files, transports, clock, random, online, onError } = this.parts;
		return new Engine({
			me: me.id,
			replica: this.replica,
			outbox,
			...(files ? { files } : {}),
			transports,
			clock,
			random,
			online: online ?? (() => true),
			onStatus: (status) => {
				if (this.leader !== itsLeader()) return;
				this.setStatus(status);
				this.leader.beat();
			},
			onPresence: (presence) => this.tellAll({ type: 'presence', presence }),
			onTyping: (typing) => this.tellAll({ type: 'typing', typing }),
			onCall: (event) => this.calls.tell(event),
			onAccepted: (ids) => this.tellAll({ type: 'accepted', ids }),
			onSignedOut: () => this.tellAll({ type: 'signed-out' }),
			onError: onError ?? (() => undefined)
		});
	}

	/* ------------------------------------------------------------ following */

	private heard(message: TabMessage): void {
		switch (message.type) {
			case 'leader':
				return this.heardLeader(message.tab, message.status);
			case 'interests':
				return this.leader?.hear(message.tab, message.interests);
			case 'bye':
				this.tabs.forget(message.tab);
				return this.leader?.watchForAll();
			case 'presence':
				return this.presences.tell(message.presence);
			case 'typing':
				return this.typings.tell(message.typing);
			case 'call':
			case 'in-call':
			case 'who-calls':
				return this.calls.hear(message);
			case 'accepted':
				return this.accepted.tell(message.ids);
			case 'signed-out':
				return this.signOuts.tell();
		}
	}

	private heardLeader(tab: string, status: LinkStatus): void {
		if (this.leader) return;
		this.watch.restart();
		if (this.tabs.newLeader(tab)) this.postInterests();
		this.setStatus(status);
	}

	private setInterests(change: Partial<TabInterests>): void {
		this.interests = { ...this.interests, ...change };
		if (this.leader) this.leader.change(this.tab, this.interests, change);
		else this.postInterests();
	}

	private postInterests(): void {
		this.post({ type: 'interests', tab: this.tab, interests: this.interests });
	}

	/** This tab and the other ones hear it. */
	private tellAll(message: TabMessage): void {
		this.heard(message);
		this.post(message);
	}

	private post(message: TabMessage): void {
		if (!this.stopped.signal.aborted) this.parts.channel.post(message);
	}

	private setStatus(status: LinkStatus): void {
		this.currentStatus = status;
		this.statuses.tell(status, this.leads);
	}
}
