/**
 * People who send without a pause: each sends the next message when the last one was acknowledged,
 * as a device's outbox does. The same driver loads our server and the yardstick.
 */
import { PROTOCOL_VERSION } from '../../src/lib/protocol/version.ts';
import { newId, post } from '../support/person.ts';
import type { Measured } from './process.ts';
import type { Seeded } from './seed.ts';
import { openWire, type Wire } from './wire.ts';

/** Connections that are opened at the same moment. */
const OPEN_AT_ONCE = 50;
/** ms of load before anything is counted: the just-in-time compiler has to have seen the hot path. */
const WARM_UP = 3_000;
/** ms that are counted at a time. */
const ROUND = 4_000;

/** Somebody connected, to one server or the other. */
export interface Member extends Seeded {
	room: string;
}

/** What was counted in one round. */
export interface Round {
	sends: number;
	deliveries: number;
	/** CPU seconds of the server */
	cpu: number;
	/** seconds on the wall */
	seconds: number;
}

export interface Crowd {
	wires: Wire[];
	/** Lets the first `senders` send for one round. */
	round(senders: number, ms?: number): Promise<Round>;
	close(): void;
}

/** How the two servers are spoken to. */
interface Dialect {
	auth(member: Member): object;
	headers(member: Member): Record<string, string>;
	/** sends one message */
	say(wire: Wire, room: string, body: string): Promise<string>;
	/** what an acknowledgement of a message that was taken contains */
	taken: string;
	/** messages that an event tells of */
	count(text: string): number;
}

const MESSAGE = '{"kind":"message"';

function roostDialect(port: number): Dialect {
	return {
		auth: ({ device, person }) => ({ v: PROTOCOL_VERSION, device, person }),
		headers: ({ cookie }) => ({ cookie, origin: `http://127.0.0.1:${port}` }),
		say: (wire, room, body) => wire.ask('acts', { acts: [post(room, body)] }),
		taken: '"status":"accepted"',
		count(text) {
			let found = 0;
			for (let at = text.indexOf(MESSAGE); at >= 0; at = text.indexOf(MESSAGE, at + 1)) found += 1;
			return found;
		}
	};
}

const bareDialect: Dialect = {
	auth: ({ person, room }) => ({ person, rooms: [room] }),
	headers: () => ({}),
	say: (wire, room, body) => wire.ask('say', { id: newId(), room, body, at: Date.now() }),
	taken: '"seq":',
	count: (text) => (text.includes('["message",') ? 1 : 0)
};

/** A message as people write them: 59 characters. */
const bodyOf = (n: number) => `Message ${n}: shall we meet at the harbour at half past six?`;

/** Connects everybody to one server. */
export async function gather(
	kind: 'roost' | 'bare',
	server: Measured,
	members: Member[]
): Promise<Crowd> {
	const dialect = kind === 'roost' ? roostDialect(server.port) : bareDialect;
	let deliveries = 0;
	let sends = 0;
	const open = (member: Member) =>
		openWire({
			port: server.port,
			auth: dialect.auth(member),
			headers: dialect.headers(member),
			heard: (text) => void (deliveries += dialect.count(text))
		});
	const wires: Wire[] = [];
	for (let from = 0; from < members.length; from += OPEN_AT_ONCE) {
		wires.push(...(await Promise.all(members.slice(from, from + OPEN_AT_ONCE).map(open))));
	}

	async function keepSending(wire: Wire, { room }: Member, until: number): Promise<void> {
		for (let n = 0; performance.now() < until; n++) {
			const answer = await dialect.say(wire, room, bodyOf(n));
			if (!answer.includes(dialect.taken)) throw new Error(`a send was not taken: ${answer}`);
			sends += 1;
		}
	}

	let warm = false;
	async function load(senders: number, ms: number): Promise<void> {
		const until = performance.now() + ms;
		await Promise.all(
			wires.slice(0, senders).map((wire, i) => keepSending(wire, members[i]!, until))
		);
	}
	return {
		wires,
		async round(senders, ms = ROUND) {
			if (!warm) await load(senders, WARM_UP);
			warm = true;
			const before = { sends, deliveries, cpu: server.cpu(), at: performance.now() };
			await load(senders, ms);
			return {
				sends: sends - before.sends,
				deliveries: deliveries - before.deliveries,
				cpu: server.cpu() - before.cpu,
				seconds: (performance.now() - before.at) / 1_000
			};
		},
		close: () => wires.forEach((wire) => wire.close())
	};
}
