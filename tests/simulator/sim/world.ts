/** Plays one seed: people do things while everything that can fail does. */
import type { Card } from '../../../src/lib/protocol/change.ts';
import { uuid7 } from '../../../src/lib/protocol/ids.ts';
import type { Bug } from './bugs.ts';
import { chanceOf, type Chance } from './chance.ts';
import { Checker } from './checker.ts';
import { SimDevice } from './device.ts';
import { History, type Violation } from './history.ts';
import { Phones } from './phones.ts';
import { SimServer } from './server.ts';
import { socialHappenings, type Happening } from './social.ts';
import { microtasks, VirtualTime } from './time.ts';

export interface Played {
	seed: number;
	violations: Violation[];
	/** what happened, for a first look at a failing seed */
	acts: number;
	accepted: number;
	refused: number;
	kills: number;
	restores: number;
	trace: string[];
}

export interface Settings {
	seed: number;
	steps: number;
	bug?: Bug | null;
	people?: number;
}

/** Steps between two looks of the checker at everything. */
const LOOK_EVERY = 5;

export class World {
	readonly time = new VirtualTime();
	readonly chance: Chance;
	readonly history = new History();
	readonly server: SimServer;
	readonly devices: SimDevice[] = [];
	readonly trace: string[] = [];
	private readonly checker: Checker;
	private readonly phones: Phones;
	private words = 0;
	private kills = 0;
	private loose: Promise<unknown>[] = [];

	private readonly settings: Settings;

	constructor(settings: Settings) {
		this.settings = settings;
		const bug = settings.bug ?? null;
		this.chance = chanceOf(settings.seed);
		this.server = new SimServer(this.time, this.chance.fork('server'), this.history, bug);
		this.checker = new Checker(this.server, this.devices, this.history, bug);
		const uid = () => uuid7(this.server.now(), this.chance.bytes(10));
		const { chance, devices, history, server } = this;
		const loosely = (run: Promise<unknown>) => this.loosely(run);
		this.phones = new Phones({ chance, devices, history, server, uid, loosely });
		this.happenings.push(
			...this.phones.happenings(),
			...socialHappenings({
				chance: this.chance,
				devices: this.devices,
				act: (device, draft) => this.loosely(device.act(draft)),
				word: () => `word ${this.words++}`,
				uid
			})
		);
	}

	async play(): Promise<Played> {
		await this.setUp();
		for (let step = 0; step < this.settings.steps; step++) {
			await this.step();
			if (step % LOOK_EVERY === 0) this.checker.always();
			if (this.history.violations.length > 0) break;
		}
		if (this.history.violations.length === 0) await this.rest();
		const { violations, done, accepted, refused, restores } = this.history;
		this.server.kill();
		for (const device of this.devices) for (const tab of device.browser.tabs) tab.kill();
		this.server.db.close();
		return {
			seed: this.settings.seed,
			violations,
			acts: done.size,
			accepted: accepted.size,
			refused: refused.size,
			kills: this.kills,
			restores,
			trace: this.trace
		};
	}

	private async setUp(): Promise<void> {
		await this.server.start();
		const people = this.settings.people ?? 3;
		for (let i = 0; i < people; i++) {
			const name = `person${i}`;
			const registered = this.server.register(name);
			await this.time.advance(20);
			const id = await registered;
			const me: Card = { id, number: i + 1, name, v: 1 };
			for (let d = 0; d <= this.chance.int(2); d++) {
				const fork = this.chance.fork(`${name}/${d}`);
				const device = new SimDevice(
					`${name}/${d}`,
					me,
					this.time,
					fork,
					this.server,
					this.history,
					this.settings.bug ?? null
				);
				this.devices.push(device);
				device.openTab();
			}
		}
		await this.time.advance(2_000);
	}

	/* ---------------------------------------------------------------- what can happen */

	private readonly happenings: Happening[] = [
		[30, 'send', (d) => this.send(d)],
		[6, 'edit', (d) => this.edit(d)],
		[4, 'recall', (d) => this.recall(d)],
		[5, 'read', (d) => this.read(d)],
		[2, 'create room', (d) => this.create(d)],
		[3, 'join', (d) => this.join(d)],
		[2, 'leave', (d) => this.leave(d)],
		[2, 'remove', (d) => this.remove(d)],
		[1, 'rename', (d) => this.rename(d)],
		[2, 'fill', (d) => this.fill(d)],
		[3, 'open tab', (d) => d.openTab()],
		[3, 'kill tab', (d) => this.chance.pick([...d.browser.tabs, undefined])?.kill()],
		[2, 'freeze', (d) => this.chance.pick([...d.tabs, undefined])?.freeze()],
		[3, 'resume', (d) => d.tabs.filter((tab) => tab.frozen).forEach((tab) => tab.resume())],
		[2, 'worker', (d) => this.loosely(d.wakeWorker())],
		[3, 'cut', (d) => d.network.cut()],
		[2, 'half-open', (d) => d.network.goSilent()],
		[2, 'offline', (d) => ((d.network.offline = true), d.network.cut())],
		[4, 'online', (d) => this.online(d)],
		[3, 'weather', (d) => this.weather(d)],
		[1, 'device clock', (d) => (d.skew = this.chance.int(7_200_000) - 3_600_000)],
		[1, 'server clock', () => (this.server.skew = this.chance.int(7_200_000) - 3_600_000)],
		[3, 'remember', (d) => d.remember()],
		[1, 'crash', (d) => (d.crash(), this.checker.forget(d))],
		[2, 'server dies soon', () => (this.server.dieIn = this.chance.int(12))],
		[1, 'kill server', () => this.killServer()],
		[6, 'start server', () => this.startServer()],
		[1, 'backup', () => this.server.backup()],
		[0.5, 'prune', () => this.server.prune(this.chance.int(60_000))],
		[0.3, 'restore', () => this.restore()],
		[4, 'wait', () => this.time.advance(this.chance.int(20_000))]
	];

	private async step(): Promise<void> {
		const total = this.happenings.reduce((sum, [weight]) => sum + weight, 0);
		let at = this.chance.next() * total;
		const device = this.chance.pick(this.devices);
		const chosen = this.happenings.find(([weight]) => (at -= weight) < 0) ?? this.happenings[0]!;
		this.trace.push(`${this.time.ms} ${device.name}: ${chosen[1]}`);
		await chosen[2](device);
		await this.time.advance(this.chance.maybe(0.2) ? this.chance.int(3_000) : this.chance.int(100));
	}

	/** Starts something without waiting for it: the world goes on, or dies, meanwhile. */
	private loosely(run: Promise<unknown>): void {
		this.loose.push(run.catch((error: unknown) => this.history.error('act', error)));
	}

	private room(device: SimDevice): string | null {
		const rooms = device.rooms;
		return rooms.length > 0 ? this.chance.pick(rooms).id : null;
	}

	private send(device: SimDevice): void {
		const room = this.room(device);
		if (!room) return;
		for (let i = 0; i <= this.chance.int(3); i++) {
			this.loosely(device.act({ kind: 'message.post', room, body: `word ${this.words++}` }));
		}
	}

	private own(device: SimDevice) {
		const mine = [...device.browser.cache.messages.values()].filter(
			(row) => row.author === device.me.id && !row.deleted
		);
		return mine.length > 0 ? this.chance.pick(mine) : null;
	}

	private async edit(device: SimDevice): Promise<void> {
		const queued = [...device.browser.outbox.rows.values()].filter(
			(row) => row.act.kind === 'message.post'
		);
		const tab = device.tabs.find((one) => !one.frozen);
		if (queued.length > 0 && tab?.hub && this.chance.maybe(0.5)) {
			this.loosely(
				tab.hub.queue.rewrite(this.chance.pick(queued).id, `word ${this.words++} rewritten`)
			);
			return;
		}
		const row = this.own(device);
		if (!row) return;
		const { room, id: message } = row;
		this.loosely(
			device.act({ kind: 'message.edit', room, message, body: `word ${this.words++} edited` })
		);
	}

	private recall(device: SimDevice): void {
		const row = this.own(device);
		if (!row) return;
		this.loosely(device.act({ kind: 'message.recall', room: row.room, message: row.id }));
	}

	private read(device: SimDevice): void {
		const tab = device.tabs.find((one) => !one.frozen);
		const room = this.room(device);
		const state = room ? device.browser.cache.streams.get(room) : undefined;
		if (!tab?.hub || !state?.cursor) return;
		this.loosely(tab.hub.read(state.id, this.chance.int(state.cursor.s + 1)));
	}

	private create(device: SimDevice): void {
		const room = uuid7(this.server.now(), this.chance.bytes(10));
		const password = this.chance.maybe(0.3) ? { password: 'open' } : {};
		const name = `room ${this.chance.int(12)}`;
		this.loosely(device.act({ kind: 'room.create', room, name, description: '', ...password }));
		this.loosely(device.act({ kind: 'message.post', room, body: `word ${this.words++}` }));
	}

	private join(device: SimDevice): void {
		const directory = [...device.browser.cache.directory.values()].filter((row) => !row.deleted);
		if (directory.length === 0) return;
		const listing = this.chance.pick(directory);
		const password = listing.private ? { password: this.chance.pick(['open', 'wrong']) } : {};
		this.loosely(device.act({ kind: 'room.join', room: listing.id, ...password }));
	}

	private leave(device: SimDevice): void {
		const room = this.room(device);
		if (room) this.loosely(device.act({ kind: 'room.leave', room }));
	}

	private remove(device: SimDevice): void {
		const room = this.room(device);
		const other = this.chance.pick(this.devices).me.id;
		if (room) this.loosely(device.act({ kind: 'member.remove', room, person: other }));
	}

	private rename(device: SimDevice): void {
		const room = this.room(device);
		const name = `room ${this.chance.int(12)}`;
		if (room) this.loosely(device.act({ kind: 'room.edit', room, name }));
	}

	private fill(device: SimDevice): void {
		const room = this.room(device);
		const hub = device.tabs[0]?.hub;
		const head = room ? (device.browser.cache.streams.get(room)?.cursor?.s ?? 0) : 0;
		if (!room || !hub) return;
		hub.fetchHistory({
			room,
			after: 0,
			before: head + 1,
			end: this.chance.maybe(0.7) ? 'top' : 'bottom'
		});
	}

	private online(device: SimDevice): void {
		device.network.offline = false;
		for (const tab of device.tabs) tab.hub?.retryNow();
	}

	private weather(device: SimDevice): void {
		device.network.weather = {
			drop: this.chance.pick([0, 0, 0.05, 0.3]),
			repeat: this.chance.pick([0, 0.1, 0.3]),
			delay: this.chance.pick([20, 200, 3_000])
		};
	}

	private killServer(): void {
		if (this.server.running) this.kills++;
		this.server.kill();
		for (const device of this.devices) device.network.cut();
	}

	private async startServer(): Promise<void> {
		if (this.server.running) return;
		// The process may have died by itself; its connections are noticed to be gone.
		for (const device of this.devices) device.network.cut();
		await this.server.start();
	}

	private async restore(): Promise<void> {
		if (!this.server.restore()) return;
		for (const device of this.devices) {
			device.network.cut();
			this.checker.forget(device);
		}
		await this.server.start();
	}

	/* ---------------------------------------------------------------- the end */

	/** Faults stop: within 10 s everybody who had to come back is level, within 35 s everybody (promise 9). */
	private async rest(): Promise<void> {
		this.server.dieIn = null;
		await this.startServer();
		const away = this.devices.filter((device) =>
			device.tabs.every((tab) => tab.hub?.status.link !== 'live')
		);
		for (const device of this.devices) device.heal();
		await this.time.advance(10_000);
		for (const device of away) {
			if (device.queued > 0 || device.tabs.some((tab) => tab.hub?.status.link === 'polling'))
				continue;
			const behind = this.checker.isUpToDate(device);
			const links = device.tabs.map((tab) => `${tab.hub!.status.link}${tab.hub!.leads ? '*' : ''}`);
			if (behind) this.history.violation('stuck', `10 s after the faults: ${behind} (${links})`);
		}
		this.phones.hangUp(this.devices);
		await this.time.advance(50_000);
		// What nobody took up again after the server was away ends 90 s after it is back, and is told.
		if (this.server.hasCalls()) await this.time.advance(50_000);
		await microtasks();
		this.checker.atRest();
		this.phones.atRest();
	}
}

/** Plays one seed. */
export async function play(settings: Settings): Promise<Played> {
	return new World(settings).play();
}
