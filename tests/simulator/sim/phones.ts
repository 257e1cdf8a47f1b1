/**
 * People who call each other while everything that can fail does. Calls go past the outbox: what is asked of a server that
 * is away is never asked again. What comes over the line is looked at as it comes.
 */
import type { CallRequest, Ring, Signal, Unring } from '../../../src/lib/protocol/calls.ts';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import type { Chance } from './chance.ts';
import type { SimDevice } from './device.ts';
import type { History } from './history.ts';
import type { ServerLink, SimServer } from './server.ts';
import type { Happening } from './social.ts';

const FINGERPRINT = Array.from({ length: 32 }, () => '0F').join(':');
const SDP = `v=0\r\na=fingerprint:sha-256 ${FINGERPRINT}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n`;

interface PhoneParts {
	server: SimServer;
	chance: Chance;
	history: History;
	devices: readonly SimDevice[];
	uid: () => string;
	loosely: (run: Promise<unknown>) => void;
}

/** What the devices know of calls, all together. */
export class Phones {
	readonly #parts: PhoneParts;
	/** calls that were asked for, with their rooms */
	readonly #calls: { call: string; room: string }[] = [];
	/** device -> calls that ring there */
	readonly #ringing = new Map<string, Map<string, Ring>>();
	/** device -> the call that it was let into last */
	readonly #in = new Map<string, string>();

	constructor(parts: PhoneParts) {
		this.#parts = parts;
		parts.server.phones = this;
	}

	/** What can happen. */
	happenings(): Happening[] {
		return [
			[6, 'call', (device) => this.#start(this.#online(device))],
			[8, 'answer', (device) => this.#answer(this.#online(device))],
			[2, 'decline', (device) => this.#ask(device, { do: 'decline', call: this.#some(device) })],
			[3, 'decline again', (device) => this.#ask(device, { do: 'decline', call: this.#last() })],
			[2, 'hang up', (device) => this.#ask(device, { do: 'leave', call: this.#last() })],
			[1, 'call again', (device) => this.#join(device, true)],
			[1, 'rings', (device) => this.#ask(device, { do: 'rings', call: this.#last() })],
			[8, 'signal', () => this.#signal()]
		];
	}

	/** Everybody hangs up. */
	hangUp(devices: readonly SimDevice[]): void {
		for (const device of devices) {
			for (const { call } of this.#calls) this.#ask(device, { do: 'leave', call });
		}
	}

	rang({ actor }: ServerLink, ring: Ring): void {
		const { server, history } = this.#parts;
		const isLimited = ring.until <= server.now() + LIMITS.ringFor + 1_000;
		if (!isLimited) history.violation('rings', `until ${ring.until} on ${actor.device}`);
		if (!server.isMember(ring.room, actor.person)) {
			history.violation('leaked', `a call of ${ring.room} rings for ${actor.person}`);
		}
		const there = this.#ringing.get(actor.device) ?? new Map<string, Ring>();
		this.#ringing.set(actor.device, there.set(ring.call, ring));
	}

	silenced({ actor }: ServerLink, { call }: Unring): void {
		this.#ringing.get(actor.device)?.delete(call);
	}

	/** At the moment at which it is handed over both are members. */
	signalled({ actor }: ServerLink, { call, from }: Signal): void {
		const { server, history } = this.#parts;
		const room = this.#calls.find((one) => one.call === call)?.room ?? '';
		for (const person of [actor.person, from.person]) {
			if (server.isMember(room, person)) continue;
			history.violation('leaked', `a signal of ${room} passes ${person} after removal`);
		}
	}

	/** Nothing stands, one row a call, and what each says can be. */
	atRest(): void {
		const { server, history } = this.#parts;
		const open = server.db.prepare<[], string>('SELECT id FROM call').pluck().all();
		if (open.length > 0) history.violation('stuck', `calls that never end: ${open.join(', ')}`);
		const rows = server.db
			.prepare<[], { id: string; at: number; note: string }>(
				`SELECT id, at, note FROM message WHERE note LIKE '{"call":%'`
			)
			.all();
		for (const { id, at, note } of rows) {
			const { call } = JSON.parse(note) as {
				call: { answered?: number; ended?: number; end?: string };
			};
			const { answered, ended, end } = call;
			if (ended === undefined) history.violation('stuck', `call ${id} is open in the log`);
			const isUnheard = end === 'missed' || end === 'declined' || end === 'cancelled';
			if (isUnheard && answered !== undefined) {
				history.violation('rings', `call ${id} was answered and ${end}`);
			}
			if ((ended ?? Infinity) < Math.max(at, answered ?? 0)) {
				history.violation('backwards', `call ${id} ended before it began`);
			}
		}
	}

	/** A device that is connected, and that rings if one does; the given one if none is. */
	#online(device: SimDevice): SimDevice {
		const { server, chance, devices } = this.#parts;
		const there = devices.filter(({ me, name }) => server.linkOf(me.id, name) !== null);
		const ringing = there.filter((one) => this.#some(one) !== null);
		if (ringing.length > 0 && chance.maybe(0.7)) return chance.pick(ringing);
		return there.length > 0 ? chance.pick(there) : device;
	}

	/** Asks, if the device is connected now. */
	#ask(device: SimDevice, ask: CallRequest | null | { call: string | null }): void {
		const { server, loosely } = this.#parts;
		const link = server.linkOf(device.me.id, device.name);
		if (!link || !ask || ask.call === null) return;
		const asked = ask as CallRequest;
		const isJoining = asked.do === 'start' || asked.do === 'join';
		const answered = server.call(link, asked).then((call) => {
			if (isJoining && call) this.#in.set(device.name, call);
		});
		loosely(answered);
	}

	/** The call that rings on the device longest. */
	#some({ name }: SimDevice): string | null {
		return this.#ringing.get(name)?.keys().next().value ?? null;
	}

	/** One of the calls that began last. */
	#last(): string | null {
		const { chance } = this.#parts;
		return this.#calls.length > 0 ? chance.pick(this.#calls.slice(-3)).call : null;
	}

	#start(device: SimDevice): void {
		const { chance, uid } = this.#parts;
		const { rooms } = device;
		if (rooms.length === 0) return;
		const direct = rooms.filter(({ room }) => room?.direct);
		const room = chance.pick(direct.length > 0 && chance.maybe(0.7) ? direct : rooms).id;
		const call = uid();
		this.#calls.push({ call, room });
		this.#ask(device, { do: 'start', call, room, video: chance.maybe(0.3) });
	}

	#answer(device: SimDevice): void {
		const call = this.#some(device);
		if (call === null) this.#join(device, false);
		else this.#enter(device, call, false);
	}

	#join(device: SimDevice, again: boolean): void {
		const call = this.#last();
		if (call !== null) this.#enter(device, call, again);
	}

	#enter(device: SimDevice, call: string, again: boolean): void {
		const room = this.#calls.find((one) => one.call === call)?.room;
		if (room === undefined) return;
		this.#ask(device, { do: 'join', call, room, video: false, ...(again ? { again } : {}) });
	}

	/** Between two devices that were let into one call, whatever became of them since. */
	#signal(): void {
		const { server, chance, devices, loosely } = this.#parts;
		const here = devices.filter(({ me, name }) => server.linkOf(me.id, name) && this.#in.has(name));
		if (here.length === 0) return;
		const from = chance.pick(here);
		const call = this.#in.get(from.name)!;
		const others = here.filter((one) => one !== from && this.#in.get(one.name) === call);
		if (others.length === 0) return;
		const to = chance.pick(others).name;
		const description = { type: 'offer', sdp: SDP } as const;
		loosely(server.signal(server.linkOf(from.me.id, from.name)!, { call, to, g: 0, description }));
	}
}
