/** People who call each other over the real doors, without media. */
import type { CallEnd } from '../../src/lib/protocol/call-note.ts';
import type {
	CallAnswer,
	CallRequest,
	CallState,
	Ring,
	Signal,
	Unring
} from '../../src/lib/protocol/calls.ts';
import { isRefused } from '../../src/lib/protocol/events.ts';
import { directId } from '../../src/lib/protocol/ids.ts';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import type { RefusalCode } from '../../src/lib/protocol/refusal.ts';
import { newId, register, type LinkOptions, type Person, type TestLink } from './person.ts';
import type { TestServer } from './server.ts';

/** A device that calls. */
export interface Phone {
	person: Person;
	device: string;
	link: TestLink;
	rings: Ring[];
	unrings: Unring[];
	states: CallState[];
	signals: Signal[];
	/** Asks; the answer, or the code of the refusal. */
	ask(ask: CallRequest): Promise<CallAnswer | RefusalCode>;
	start(room: string, video?: boolean, call?: string): Promise<string>;
	join(call: string, room: string, again?: true): Promise<CallAnswer | RefusalCode>;
	signal(call: string, to: string, more?: object): Promise<unknown>;
	/** resolves once this holds */
	until(is: () => boolean, within?: number): Promise<void>;
	/** resolves once the log has told that a call ended so */
	logged(call: string, end: CallEnd): Promise<void>;
	/** the calls of a room as the log has them now */
	rows(room: string): Promise<MessageRow[]>;
}

export const FINGERPRINT = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`;
/** What is the least that passes for a description. */
export const SDP = `v=0\r\n${FINGERPRINT}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n`;

/** Connects a device. */
export async function phoneOf(person: Person, options: LinkOptions = {}): Promise<Phone> {
	const device = options.device ?? newId();
	const link = await person.link({ ...options, device });
	const { rings, unrings, callStates: states, signals, until } = link;
	const ask: Phone['ask'] = async (said) => {
		const answer = await link.emit('call', said);
		return isRefused(answer) ? answer.refused.code : (answer as CallAnswer);
	};
	return {
		...{ person, device, link, rings, unrings, states, signals, ask },
		async start(room, video = false, call = newId()) {
			const answer = await ask({ do: 'start', call, room, video });
			if (typeof answer === 'string') throw new Error(answer);
			return answer.call!.call;
		},
		join: (call, room, again) =>
			ask({ do: 'join', call, room, video: false, ...(again ? { again } : {}) }),
		signal: (call, to, more = {}) =>
			link.emit('signal', { call, to, g: 0, description: { type: 'offer', sdp: SDP }, ...more }),
		until,
		async logged(call, end) {
			const isTold = () =>
				link.frames.some(({ rows }) =>
					rows.some((row) => row.kind === 'message' && row.id === call && row.call?.end === end)
				);
			await until(isTold);
		},
		async rows(room) {
			const { pages } = await link.request('pull', { streams: [{ id: room, cursor: null }] });
			const page = pages[0]!;
			if (!('rows' in page)) throw new Error('no page of the room');
			return page.rows.filter(
				(row) => row.kind === 'message' && row.call !== undefined
			) as MessageRow[];
		}
	};
}

/** Does something that changes a stream; throws what refuses it. */
export async function act(who: { link: TestLink }, more: object): Promise<void> {
	const { results } = await who.link.request('acts', {
		acts: [{ id: newId(), at: Date.now(), ...more } as never]
	});
	const [result] = results;
	if (result?.status !== 'accepted') throw new Error(JSON.stringify(result));
}

/** Makes two people friends who have a conversation; answers its room. */
export async function befriend(one: Phone, other: Phone): Promise<string> {
	await act(one, { kind: 'friend.ask', person: other.person.id });
	await act(other, { kind: 'friend.accept', person: one.person.id });
	return openDirect(one, other.person);
}

export async function openDirect(one: Phone, other: Person): Promise<string> {
	const room = directId(one.person.id, other.id);
	await act(one, { kind: 'direct.open', room, person: other.id });
	return room;
}

/** Ann with one device and Bob with two, who are friends. */
export async function twoFriends(server: TestServer) {
	const ann = await phoneOf(await register(server, 'ann'));
	const bobHimself = await register(server, 'bob');
	const [bob, desk] = [await phoneOf(bobHimself), await phoneOf(bobHimself)];
	return { ann, bob, desk, room: await befriend(ann, bob) };
}
