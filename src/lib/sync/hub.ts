/**
 * Many tabs, one device. Every tab has a hub: it writes what the person does into the outbox, and
 * one of them leads: it runs the engine for all. Everything stays correct if two should lead at once.
 */
import type { Card } from '../protocol/change.ts';
import type { Presence, Typing } from '../protocol/down.ts';
import type { ActId, MessageId, RoomId } from '../protocol/ids.ts';
import type { Requests } from '../protocol/events.ts';
import { laneOf } from '../protocol/up.ts';
import { compose, overtaken, type ActDraft } from './compose.ts';
import { askOnce } from './ask-once.ts';
import { createEngine, type Engine } from './engine.ts';
import { listeners } from './listeners.ts';
import {
	type Channel,
	type Clock,
	type LinkStatus,
	type LocalStore,
	type Lock,
	type OutboxRow,
	type OutboxStore,
	type Random,
	type TabMessage,
	type Transport,
	type Wishes
} from './ports.ts';
import { applyRead } from './reconcile-feed.ts';
import type { FileQueue } from './ports-files.ts';
import { createReplica } from './replica.ts';
import { createTabs } from './tabs.ts';

/** ms between two signs of life of the leader. */
const HEARTBEAT = 3_000;
/** ms without a sign of life after which the leader is asked; and ms it then has to answer (M2: 15 s). */
const SILENCE = 9_000;
const LAST_CALL = 4_000;

export interface HubParts {
	me: Card;
	store: LocalStore;
	outbox: OutboxStore;
	files?: FileQueue;
	transports: Transport[];
	lock: Lock;
	channel: Channel;
	clock: Clock;
	random: Random;
	/** whether the browser believes to have a network */
	online?: () => boolean;
	/** A fault that is nobody's plan, for the log. */
	onFault?: (fault: unknown) => void;
}

export interface Hub {
	start(): void;
	/** Gives leadership up and ends this tab's part. */
	stop(): Promise<void>;
	readonly status: LinkStatus;
	/** Whether this tab talks to the server for all. */
	readonly leads: boolean;
	onStatus(run: (status: LinkStatus, leads: boolean) => void): () => void;
	/** Resolves once the act is durable on this device; rejects with StoreError, and nothing was done. */
	act(draft: ActDraft): Promise<ActId>;
	/** Another text for a message that is still queued; false when it is gone from the queue. */
	rewrite(id: MessageId, body: string): Promise<boolean>;
	/** Takes a message back: out of the queue if it never left, else by an act that follows it. */
	recall(room: RoomId, id: MessageId): Promise<void>;
	/** Puts a refused act at the end of its lane under a new id. */
	retry(id: ActId): Promise<boolean>;
	discard(id: ActId): Promise<void>;
	/** The message with this seq was on screen. */
	read(room: RoomId, upto: number): Promise<void>;
	/** @param friends whether who of the friends is online is on screen, too */
	look(room: RoomId | null, friends?: boolean): void;
	/**
	 * Asks the server something that is no part of any stream. Rejects with LinkError when it cannot be
	 * asked, or says no.
	 */
	ask<N extends 'find' | 'invite'>(
		name: N,
		ask: Requests[N]['ask']
	): Promise<Requests[N]['answer']>;
	typing(room: RoomId | null): void;
	fill(wish: Wishes['fill']): void;
	nudge(): void;
	onPresence(run: (presence: Presence) => void): () => void;
	onTyping(run: (typing: Typing) => void): () => void;
	onSignedOut(run: () => void): () => void;
}

const IDLE: LinkStatus = { link: 'starting', retryAt: null, sending: [], clockOffset: 0 };

/** Makes the hub of one tab. */
export function createHub(parts: HubParts): Hub {
	const { me, store, outbox, lock, channel, clock, random } = parts;
	const tab = Array.from(random.bytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
	const stopped = new AbortController();
	const statuses = listeners<[LinkStatus, boolean]>();
	const presences = listeners<[Presence]>();
	const typings = listeners<[Typing]>();
	const signOuts = listeners<[]>();
	const tabs = createTabs();
	let status = IDLE;
	let engine: Engine | null = null;
	let cancelBeat = () => {};
	let cancelWatch = () => {};
	let unlisten = () => {};
	let leading: Promise<void> = Promise.resolve();
	const wishes: Wishes = { look: null, friends: false, typing: null, fill: null, nudge: 0 };

	function setStatus(next: LinkStatus): void {
		status = next;
		statuses.tell(status, engine !== null);
	}
	function post(message: TabMessage): void {
		if (!stopped.signal.aborted) channel.post(message);
	}

	/* ------------------------------------------------------------ leading */

	function beat(): void {
		cancelBeat();
		if (!engine) return;
		post({ type: 'leader', tab, status });
		cancelBeat = clock.after(HEARTBEAT, beat);
	}

	function grant(): void {
		if (!engine) return;
		engine.look({ room: tabs.look(), friends: tabs.friends() });
		engine.typing(tabs.typing());
	}

	async function lead(lost: AbortSignal): Promise<void> {
		cancelWatch();
		const made = createEngine({
			me: me.id,
			store,
			outbox,
			...(parts.files ? { files: parts.files } : {}),
			transports: parts.transports,
			clock,
			random,
			online: parts.online ?? (() => true),
			onStatus(next) {
				if (engine !== made) return;
				setStatus(next);
				beat();
			},
			onPresence(presence) {
				presences.tell(presence);
				post({ type: 'presence', presence });
			},
			onTyping(typing) {
				typings.tell(typing);
				post({ type: 'typing', typing });
			},
			onSignedOut() {
				signOuts.tell();
				post({ type: 'signed-out' });
			},
			onFault: parts.onFault ?? (() => undefined)
		});
		engine = made;
		tabs.set(tab, wishes);
		grant();
		beat();
		try {
			await made.run(AbortSignal.any([lost, stopped.signal]));
		} finally {
			if (engine === made) engine = null;
			cancelBeat();
			statuses.tell(status, false);
			if (!stopped.signal.aborted) watchLeader();
		}
	}

	/** Waits for leadership again and again, until this tab is closed. */
	async function campaign(): Promise<void> {
		while (!stopped.signal.aborted) {
			await lock.hold(lead, stopped.signal);
			if (status.link === 'signed-out') return;
		}
	}

	/* ------------------------------------------------------------ following */

	/** A leader that is frozen still holds the lock: after silence and a last call it is taken away. */
	function watchLeader(): void {
		cancelWatch();
		cancelWatch = clock.after(SILENCE, () => {
			post({ type: 'wishes', tab, wishes });
			cancelWatch = clock.after(LAST_CALL, () => {
				leading = Promise.all([leading, lock.steal(lead, stopped.signal)]).then(() => undefined);
			});
		});
	}

	function heard(message: TabMessage): void {
		switch (message.type) {
			case 'leader':
				if (engine) return;
				watchLeader();
				if (tabs.newLeader(message.tab)) post({ type: 'wishes', tab, wishes });
				setStatus(message.status);
				return;
			case 'wishes':
				if (!engine) return;
				hearWishes(message.tab, message.wishes);
				return;
			case 'bye':
				tabs.forget(message.tab);
				grant();
				return;
			case 'presence':
				presences.tell(message.presence);
				return;
			case 'typing':
				typings.tell(message.typing);
				return;
			case 'signed-out':
				signOuts.tell();
		}
	}

	function hearWishes(from: string, next: Wishes): void {
		const before = tabs.get(from);
		tabs.set(from, next);
		grant();
		if (next.fill) engine?.fill(next.fill);
		if (before && next.nudge > before.nudge) engine?.nudge();
		beat();
	}

	function wish(change: Partial<Wishes>): void {
		Object.assign(wishes, change);
		if (engine) {
			tabs.set(tab, wishes);
			grant();
			if (change.fill) engine.fill(change.fill);
			if (change.nudge !== undefined) engine.nudge();
		} else post({ type: 'wishes', tab, wishes: { ...wishes } });
	}

	/* ------------------------------------------------------------ acting */

	/** Only some acts overtake others, and only for those the queue has to be looked at. */
	async function queueFor(kind: ActDraft['kind']): Promise<OutboxRow[]> {
		return kind === 'message.post' ? [] : outbox.all();
	}

	async function act(draft: ActDraft, replaces: ActId[] = []): Promise<ActId> {
		const made = compose(draft, clock, random);
		const older = replaces.length > 0 ? replaces : overtaken(made, await queueFor(made.kind));
		await outbox.add(made, laneOf(made, me.id), made.at, older);
		return made.id;
	}

	/** Only the newest read position of a room is worth sending. */
	async function markRead(room: RoomId, upto: number): Promise<void> {
		const replica = createReplica(store, me.id);
		await replica.load();
		const changes = await replica.update((states) => applyRead(states, room, upto));
		if (changes.length === 0) return;
		await act({ kind: 'read.mark', room, upto });
	}

	return {
		start() {
			unlisten = channel.listen(heard);
			watchLeader();
			post({ type: 'wishes', tab, wishes });
			leading = campaign();
			leading.catch((fault: unknown) => parts.onFault?.(fault));
		},
		async stop() {
			post({ type: 'bye', tab });
			stopped.abort();
			cancelBeat();
			cancelWatch();
			unlisten();
			await leading.catch(() => undefined);
		},
		get status() {
			return status;
		},
		get leads() {
			return engine !== null;
		},
		onStatus: (run) => statuses.add(run),
		act: (draft) => act(draft),
		async rewrite(id, body) {
			const row = (await outbox.all()).find((one) => one.id === id);
			if (row?.act.kind !== 'message.post') return false;
			return outbox.rewrite(id, { ...row.act, body });
		},
		async recall(room, id) {
			if (await outbox.discard(id, true)) return;
			await act({ kind: 'message.recall', room, message: id });
		},
		async retry(id) {
			const row = (await outbox.all()).find((one) => one.id === id);
			if (!row) return false;
			const { id: _old, at: _at, ...draft } = row.act;
			const made = compose(draft as ActDraft, clock, random);
			return outbox.renew(id, made, made.at);
		},
		async discard(id) {
			await outbox.discard(id);
		},
		read: markRead,
		look: (room, friends = false) => wish({ look: room, friends }),
		ask: (name, question) => askOnce(parts.transports.at(-1)!, name, question),
		typing: (room) => wish({ typing: room }),
		fill: (fill) => wish({ fill }),
		nudge: () => wish({ nudge: wishes.nudge + 1 }),
		onPresence: (run) => presences.add(run),
		onTyping: (run) => typings.add(run),
		onSignedOut: (run) => signOuts.add(run)
	};
}
