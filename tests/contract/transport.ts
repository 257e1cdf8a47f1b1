/** What every Transport must do, against the real server (docs/protocol.md, "Links"). */
import type { Link, LinkEvents, LinkFault, Transport } from '../../src/lib/sync/ports.ts';
import { LinkError } from '../../src/lib/sync/ports.ts';
import { isRefused } from '../../src/lib/protocol/events.ts';
import type { Suite } from './suite.ts';
import { id, post } from './rows.ts';

export interface TransportFixture {
	/** as somebody who is signed in */
	transport: Transport;
	/** the person's uid, and a room that the person is in */
	person: string;
	room: string;
	/** signed in as that person, but taking itself to be somebody else */
	mistaken: Transport;
	/** not signed in */
	stranger: Transport;
	/** to a port where nobody listens */
	nowhere: Transport;
	/** to something that answers every request with a page */
	captive: Transport;
	/** Kills the server; nothing of the fixture works afterwards. */
	stop(): Promise<void>;
}

/** What a link said by itself. */
function listener() {
	const heard = { frames: 0, downs: [] as LinkFault[] };
	const events: LinkEvents = {
		frame: () => void heard.frames++,
		presence: () => undefined,
		typing: () => undefined,
		call: () => undefined,
		disconnectReason: () => undefined,
		down: (fault) => void heard.downs.push(fault)
	};
	return { heard, events };
}

const faultOf = async (work: Promise<unknown>): Promise<LinkFault | string> => {
	try {
		await work;
		return 'no fault';
	} catch (error) {
		return error instanceof LinkError ? error.fault : String(error);
	}
};

export function transportContract(
	{ test, expect, waitFor }: Suite,
	fixture: () => TransportFixture
): void {
	const connected = async (work: (link: Link) => Promise<void>) => {
		const link = await fixture().transport.connect(listener().events);
		try {
			await work(link);
		} finally {
			link.close();
		}
	};

	test('asks and is answered: heads, acts, pull', async () => {
		await connected(async (link) => {
			const { person, room } = fixture();
			const heads = await link.ask('heads', {});
			if (isRefused(heads)) throw new Error(heads.refused.code);
			expect(heads.person.id).toBe(person);
			const act = post(room, 'over the line');
			const answer = await link.ask('acts', { acts: [act] });
			expect(answer).toMatchObject({ results: [{ status: 'accepted', id: act.id, stream: room }] });
			const pulled = await link.ask('pull', { streams: [{ id: room, cursor: null }] });
			if (isRefused(pulled)) throw new Error(pulled.refused.code);
			expect(pulled.pages.length).toBe(1);
		});
	});

	test('a refusal of one act, or of a request, is an answer and no fault', async () => {
		await connected(async (link) => {
			const answer = await link.ask('acts', { acts: [post(id(), 'to nobody')] });
			expect(answer).toMatchObject({ results: [{ status: 'refused' }] });
			const malformed = await link.ask('pull', { streams: 'none' } as never);
			expect(malformed).toMatchObject({ refused: { code: 'malformed' } });
		});
	});

	test('complaint 22: without a session it is refused, and says so', async () => {
		const fault = await faultOf(fixture().stranger.connect(listener().events));
		expect(fault).toMatchObject({
			kind: 'refused',
			refusal: { code: 'session_ended', action: 'sign-in' }
		});
	});

	test('promise 14: a device of one account gets nowhere with another one’s cookie', async () => {
		const fault = await faultOf(fixture().mistaken.connect(listener().events));
		expect(fault).toMatchObject({ kind: 'refused', refusal: { code: 'session_ended' } });
	});

	test('where nobody answers, the server is unreachable', async () => {
		expect(await faultOf(fixture().nowhere.connect(listener().events))).toEqual({
			kind: 'unreachable'
		});
	});

	test('where a page answers in the server’s place, the network is captive', async () => {
		expect(await faultOf(fixture().captive.connect(listener().events))).toEqual({
			kind: 'captive'
		});
	});

	test('asking on a closed link rejects at once and keeps nothing for later', async () => {
		const { heard, events } = listener();
		const link = await fixture().transport.connect(events);
		link.close();
		expect(await faultOf(link.ask('heads', {}))).toEqual({ kind: 'unreachable' });
		expect(heard.downs).toEqual([]);
	});

	test('NET-1: what is asked while the line is cut rejects, and the link says once that it is down', async () => {
		const { heard, events } = listener();
		const link = await fixture().transport.connect(events);
		await fixture().stop();
		expect(await faultOf(link.ask('heads', {}))).toEqual({ kind: 'unreachable' });
		await waitFor(() => heard.downs.length > 0);
		expect(await faultOf(link.ask('heads', {}))).toEqual({ kind: 'unreachable' });
		expect(heard.downs).toEqual([{ kind: 'unreachable' }]);
	});
}
