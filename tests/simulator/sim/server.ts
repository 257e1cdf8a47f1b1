/**
 * The real domain on a real SQLite in memory, in a process that can be killed between any two
 * awaits, restarted, and given an older copy of its database.
 */
import type Database from 'better-sqlite3';
import { Calls } from '../../../server/calls/calls.ts';
import { createDomain, type RunningDomain } from '../../../server/domain/domain.ts';
import { isIn } from '../../../server/domain/access.ts';
import type { CommitListener, Actor } from '../../../server/domain/ports.ts';
import type { Store } from '../../../server/domain/store-port.ts';
import { SqliteDatabase } from '../../../server/store/sqlite/database.ts';
import { openSqlite } from '../../../server/store/sqlite/open.ts';
import { createStore } from '../../../server/store/sqlite/store.ts';
import { createChangePruning } from '../../../server/store/sql/prune.ts';
import type { CallRequest, SignalRequest } from '../../../src/lib/protocol/calls.ts';
import { RefusalError } from '../../../src/lib/protocol/refusal.ts';
import type { Frame } from '../../../src/lib/protocol/down.ts';
import type { Answer, RequestName, Requests } from '../../../src/lib/protocol/events.ts';
import { DIRECTORY } from '../../../src/lib/protocol/ids.ts';
import type { Bug } from './bugs.ts';
import { plantInStore } from './bugs.ts';
import type { Chance } from './chance.ts';
import type { History } from './history.ts';
import type { Phones } from './phones.ts';
import type { VirtualTime } from './time.ts';

const unlessRefused = (error: unknown): null => {
	if (error instanceof RefusalError) return null;
	throw error;
};

const never = () => new Promise<never>(() => undefined);

/** What the server knows of one connection. */
export interface ServerLink {
	actor: Actor;
	/** streams whose frames this connection gets */
	streams: Set<string>;
	deliver: (frame: Frame) => void;
	/** the process died: the system closes its connections */
	hangUp: () => void;
}

/** One run of the server process. */
class Process {
	dead = false;
	readonly links = new Set<ServerLink>();
	domain!: RunningDomain;
	store!: Store;
	calls!: Calls;
}

export class SimServer {
	db: Database.Database;
	private process: Process | null = null;
	/** copies of the database, oldest first, with the number of commits each holds */
	private readonly backups: { bytes: Buffer; commits: number; pruned: Set<string> }[] = [];
	/** ids of acts whose changes are not in the log any more */
	private pruned = new Set<string>();
	commits = 0;
	/** ms by which the server's clock is off */
	skew = 0;
	/** checkpoints until the process dies by itself; null: it lives */
	dieIn: number | null = null;

	private readonly time: VirtualTime;
	private readonly chance: Chance;
	private readonly history: History;
	private readonly bug: Bug | null;
	/** told what rings, and what passes between devices in calls */
	phones: Phones | null = null;

	constructor(time: VirtualTime, chance: Chance, history: History, bug: Bug | null) {
		this.time = time;
		this.chance = chance;
		this.history = history;
		this.bug = bug;
		this.db = openSqlite({
			file: ':memory:',
			now: () => this.now(),
			randomBytes: () => chance.bytes(10)
		});
	}

	now(): number {
		return 1_800_000_000_000 + this.time.ms + this.skew;
	}

	get running(): boolean {
		return this.process !== null;
	}

	async start(): Promise<void> {
		if (this.process) return;
		this.dieIn = null;
		const own = new Process();
		const real = createStore(new SqliteDatabase(this.db), (count) => this.chance.bytes(count));
		own.store = plantInStore(this.watched(real, own), this.bug, {
			db: this.db,
			after: (ms, run) => void this.time.after(ms, () => (own.dead ? undefined : run()))
		});
		const domain = createDomain({
			store: this.killable(own.store, own),
			hasher: {
				hash: async (password) => `hash:${password}`,
				verify: async (hash, password) => hash === `hash:${password}`,
				verifyAsTyped: async () => false
			},
			limiter: { take: async () => undefined, refund: async () => undefined },
			pictures: { square: async () => null },
			clock: {
				now: () => this.now(),
				after: (ms, run) => this.time.after(ms, () => (own.dead ? undefined : run()))
			},
			randomBytes: (count) => this.chance.bytes(count),
			onError: (error) => this.history.error('server', error)
		});
		domain.subscribe(this.listener(own));
		own.domain = domain;
		own.calls = this.callsOf(own);
		this.process = own;
		await domain.start();
		await own.calls.start();
	}

	/** SIGKILL: nothing that waits goes on, nothing that was promised is kept but what is committed. */
	kill(): void {
		if (!this.process) return;
		this.process.dead = true;
		const { links } = this.process;
		this.process = null;
		for (const link of links) link.hangUp();
		links.clear();
		this.dieIn = null;
	}

	backup(): void {
		const { commits, pruned } = this;
		this.backups.push({ bytes: this.db.serialize(), commits, pruned: new Set(pruned) });
		if (this.backups.length > 3) this.backups.shift();
	}

	/** Puts an older copy in place of the database; answers whether there was one. */
	restore(): boolean {
		const copy = this.backups.at(-1);
		if (!copy) return false;
		this.kill();
		this.db.close();
		this.db = openSqlite({ file: copy.bytes, now: () => this.now() });
		this.pruned = new Set(copy.pruned);
		this.history.restored(this.committedIds());
		return true;
	}

	/** Removes from the log what happened more than so many ms ago, as the housekeeping does after a year. */
	async prune(age: number): Promise<void> {
		const before = this.now() - age;
		const old = this.db.prepare<[number], string>('SELECT act FROM change WHERE ts < ?').pluck();
		for (const act of old.all(before) as string[]) this.pruned.add(act);
		const step = createChangePruning(new SqliteDatabase(this.db));
		while (await step(before));
	}

	/** Ids of all acts that have had an effect. */
	committedIds(): Set<string> {
		const inLog = this.db.prepare<[], string>('SELECT act FROM change').pluck().all() as string[];
		return new Set([...this.pruned, ...inLog]);
	}

	/** Opens a connection; null while the server is down. */
	async connect(
		actor: Actor,
		ways: Pick<ServerLink, 'deliver' | 'hangUp'>
	): Promise<ServerLink | null> {
		const own = this.process;
		if (!own) return null;
		const streams = new Set(await own.domain.streams(actor.person));
		const link = { actor, streams, ...ways };
		if (own.dead) return null;
		own.links.add(link);
		own.calls.connected(actor);
		return link;
	}

	disconnect(link: ServerLink): void {
		const own = this.process;
		if (!own?.links.delete(link)) return;
		const { person, device } = link.actor;
		if (!this.linkOf(person, device)) own.calls.disconnected(link.actor);
	}

	/** The connection of a device, while it has one. */
	linkOf(person: string, device: string): ServerLink | null {
		const links = [...(this.process?.links ?? [])];
		return links.find(({ actor }) => actor.person === person && actor.device === device) ?? null;
	}

	/** Whether the log has calls that have not ended. */
	hasCalls(): boolean {
		return this.db.prepare('SELECT 1 FROM call').get() !== undefined;
	}

	/** Asks about a call; the call, or null when that was refused. */
	async call({ actor }: ServerLink, ask: CallRequest): Promise<string | null> {
		const own = this.process!;
		const answer = await own.calls.ask(actor, ask).catch(unlessRefused);
		if (this.bug === 'decline ends an answered call' && ask.do === 'decline' && !own.dead) {
			const end = { end: 'declined', ended: this.now() } as const;
			const room = this.roomOf(ask.call);
			if (room)
				await own.domain.writeCall(actor.person, {
					kind: 'call.end',
					message: ask.call,
					room,
					...end
				});
		}
		return answer?.call?.call ?? null;
	}

	async signal({ actor }: ServerLink, ask: SignalRequest): Promise<void> {
		await this.process!.calls.signal(actor, ask).catch(unlessRefused);
	}

	/** Answers a request; never, when the process dies meanwhile. */
	async ask<N extends RequestName>(
		link: ServerLink,
		name: N,
		ask: Requests[N]['ask']
	): Promise<Answer<N>> {
		const own = this.process;
		if (!own?.links.has(link)) return never();
		const call = own.domain as unknown as Record<
			RequestName,
			(actor: Actor, ask: unknown) => Promise<unknown>
		>;
		const answer =
			name === 'acts'
				? { results: await own.domain.acts(link.actor, (ask as Requests['acts']['ask']).acts) }
				: await call[name](link.actor, ask);
		if (own.dead) return never();
		if (name !== 'acts' && name !== 'heads') this.watchAnswer(link.actor.person, answer);
		return structuredClone(answer) as Answer<N>;
	}

	async register(name: string): Promise<string> {
		const made = await this.process!.domain.register({
			name,
			email: `${name}@example.org`,
			passwordHash: 'x'
		});
		if ('refused' in made) throw new Error(`register ${name}: ${made.refused.code}`);
		return made.person;
	}

	/* ---------------------------------------------------------------- inside */

	private roomOf(message: string): string | undefined {
		return this.db
			.prepare<[string], string>('SELECT room FROM message WHERE id = ?')
			.pluck()
			.get(message);
	}

	/** The real calls, over the connections of this process. */
	private callsOf(own: Process): Calls {
		const { bug } = this;
		const to = (person: string, device?: string) =>
			[...own.links].filter(
				({ actor }) => actor.person === person && (device ?? actor.device) === actor.device
			);
		const isBlind = bug === 'no membership check per signal';
		const { domain } = own;
		return new Calls({
			isOn: true,
			domain: {
				...domain,
				subscribe: (listener) =>
					domain.subscribe((changes) => {
						if (own.dead) return;
						return listener(isBlind ? { ...changes, membershipChanges: [] } : changes);
					})
			},
			limiter: { take: async () => undefined, refund: async () => undefined },
			lines: {
				isConnected: (person, device) => to(person, device).length > 0,
				hears: (person, device, room) =>
					isBlind || to(person, device).some(({ streams }) => streams.has(room)),
				ring: (person, ring) =>
					to(person).forEach((link) => {
						const endless = { ...ring, until: Infinity };
						this.phones?.rang(link, bug === 'ring without until' ? endless : ring);
					}),
				unring: (person, unring) =>
					to(person).forEach((link) => this.phones?.silenced(link, { ...unring, here: false })),
				signal: (person, device, signal) =>
					to(person, device).forEach((link) => this.phones?.signalled(link, signal)),
				tell: () => undefined,
				tellDevice: () => undefined,
				areBlocked: () => false,
				areFriends: () => true,
				keepOnline: () => undefined
			},
			ringer: { ring: () => undefined, over: () => undefined },
			ice: { hasRelay: false, isRelayOnly: false, for: () => [] },
			clock: {
				now: () => this.now(),
				after: (ms, run) => this.time.after(ms, () => (own.dead ? undefined : run()))
			},
			onError: (error) => this.history.error('calls', error)
		});
	}

	private listener(own: Process): CommitListener {
		const leaks = this.bug === 'membership checked once';
		return ({ membershipChanges, frames }) => {
			for (const { person, room, in: isIn } of membershipChanges) {
				for (const link of own.links) {
					if (link.actor.person !== person) continue;
					if (isIn) link.streams.add(room);
					else if (!leaks) link.streams.delete(room);
				}
			}
			for (const frame of frames) this.send(own, frame);
		};
	}

	private send(own: Process, frame: Frame): void {
		for (const link of own.links) {
			if (!link.streams.has(frame.stream)) continue;
			this.watchAnswer(link.actor.person, { type: 'frame', ...frame });
			link.deliver(structuredClone(frame));
		}
	}

	/** Whether the process dies at this point. */
	private checkpoint(own: Process): boolean {
		if (!own.dead && this.dieIn !== null && this.process === own && --this.dieIn < 0) this.kill();
		return own.dead;
	}

	/** Every await of the store is a place to die. */
	private killable(store: Store, own: Process): Store {
		return new Proxy(store, {
			get: (target, key: keyof Store) => {
				const method = target[key] as unknown as (...args: unknown[]) => unknown;
				if (key === 'instance') return method;
				return async (...args: unknown[]) => {
					if (this.checkpoint(own)) return never();
					const answer = await method.apply(target, args);
					return this.checkpoint(own) ? never() : answer;
				};
			}
		});
	}

	private watched(store: Store, own: Process): Store {
		return new Proxy(store, {
			get: (target, key: keyof Store) => {
				if (key !== 'commit') return target[key];
				return async (...args: Parameters<Store['commit']>) => {
					if (own.dead) return never();
					const committed = await target.commit(...args);
					this.commits++;
					return committed;
				};
			}
		});
	}

	/** Promises 5 and 11, at the moment at which something is handed to the network. */
	private watchAnswer(person: string, answer: unknown): void {
		const pages = (answer as { pages?: unknown[] }).pages ?? [answer];
		for (const page of pages as {
			stream: string;
			rows?: { kind: string; id: string; rev: number }[];
		}[]) {
			if (!page.rows) continue;
			if (
				page.stream !== person &&
				page.stream !== DIRECTORY &&
				!this.isMember(page.stream, person)
			) {
				this.history.violation('leaked', `rows of ${page.stream} to ${person} after removal`);
			}
			for (const row of page.rows) {
				if (row.kind === 'message' && this.revOf(row.id) < row.rev) {
					this.history.violation('phantom', `message ${row.id} shown before it was committed`);
				}
			}
		}
	}

	private revOf(message: string): number {
		const found = this.db.prepare('SELECT rev FROM message WHERE id = ?').get(message);
		return (found as { rev: number } | undefined)?.rev ?? 0;
	}

	isMember(room: string, person: string): boolean {
		return this.memberSince(room, person) !== null;
	}

	/** The seq at which the person came into the room last; null: they are not in it. */
	memberSince(room: string, person: string): number | null {
		const found = this.db
			.prepare('SELECT from_seq, to_seq FROM membership WHERE room = ? AND person = ?')
			.get(room, person);
		const membership = found as { from_seq: number; to_seq: number | null } | undefined;
		return membership && isIn({ to: membership.to_seq } as never) ? membership.from_seq : null;
	}
}
