/** Servers that help media on its way: credentials, what is said of a relay that does not do, what passes in relay mode. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkRelay, relaySentence } from '../../server/calls/turn-check.ts';
import { turnCredential } from '../../server/calls/turn.ts';
import { act, FINGERPRINT, SDP, phoneOf, twoFriends, type Phone } from '../support/call.ts';
import { ask, newId, register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { NO_TURN, startRelay, type Relay } from '../support/turn.ts';

const turn = (url: string, secret: string) => ({ turn: { urls: [url], secret, ttl: 60 } });

test('V39 a credential is the same for one person, tells nothing of them, and ends', () => {
	const one = turnCredential('a secret', 'ann', 1_800_000_000);
	expect(one.username).toMatch(/^1800000000:[\w-]{16}$/);
	expect(one.username).not.toContain('ann');
	expect(turnCredential('a secret', 'ann', 1_800_000_000)).toEqual(one);
	expect(turnCredential('a secret', 'bob', 1_800_000_000).username).not.toBe(one.username);
	expect(turnCredential('another', 'ann', 1_800_000_000).credential).not.toBe(one.credential);
});

test('a relay that is not there is said to be silent', async () => {
	// Bound, so that nobody else is there, and answering nothing.
	const deaf = createSocket('udp4').bind(0, '127.0.0.1');
	await once(deaf, 'listening');
	const state = await checkRelay(turn(`turn:127.0.0.1:${deaf.address().port}`, 'x'), Date.now());
	deaf.close();
	expect(state!.fault).toBe('silent');
	expect(relaySentence(state!)).toContain('does not answer');
	expect(await checkRelay({ turn: null }, Date.now())).toBeNull();
});

describe.skipIf(NO_TURN !== null)(`a relay${NO_TURN ? ` (${NO_TURN})` : ''}`, () => {
	let relay: Relay;
	let server: TestServer;
	beforeAll(async () => {
		relay = await startRelay();
		server = await startServer({ TURN_URLS: relay.url, TURN_SECRET: relay.secret });
	});
	afterAll(async () => {
		await server.stop();
		await relay.stop();
	});

	test.each(['', '?transport=tcp'])('grants what we ask for (%s)', async (transport) => {
		const url = relay.url + transport;
		expect(await checkRelay(turn(url, relay.secret), Date.now())).toEqual({ url, fault: null });
	});

	test('with another secret, or an hour behind, refuses', async () => {
		expect((await checkRelay(turn(relay.url, 'another secret'), Date.now()))!.fault).toBe(
			'refused'
		);
		const late = await checkRelay(turn(relay.url, relay.secret), Date.now() - 3_600_000);
		expect(late!.fault).toBe('refused');
		expect(relaySentence(late!)).toContain('TURN_SECRET');
	});

	test('that works is said to do so to whoever watches the server', async () => {
		const ready = async () => (await ask(server, '/api/ready')).body;
		await expect.poll(ready).toMatchObject({ ok: true, relay: 'works' });
	});

	test('V39 is told to those in a call, with credentials that it takes', async () => {
		const { ann, bob, room } = await twoFriends(server);
		const call = await ann.start(room);
		expect(await bob.ask({ do: 'ice', call })).toBe('no_such_call');
		const answer = await bob.join(call, room);
		if (typeof answer === 'string') throw new Error(answer);
		expect(answer.relay).toBeUndefined();
		expect(answer.ice).toEqual([
			{ urls: [relay.url], username: expect.any(String), credential: expect.any(String) }
		]);
		for (const phone of [ann, bob]) phone.link.close();
	});
});

describe('relay mode', () => {
	let server: TestServer;
	let ann: Phone;
	let bob: Phone;
	let call: string;
	beforeAll(async () => {
		const env = { TURN_URLS: 'turn:127.0.0.1:9', TURN_SECRET: 'sixteen letters and more' };
		server = await startServer({ ...env, CALL_RELAY: 'always', STUN_URLS: 'stun:127.0.0.1:9' });
		const people = await twoFriends(server);
		({ ann, bob } = people);
		people.desk.link.close();
		call = await ann.start(people.room);
		const answer = await bob.join(call, people.room);
		if (typeof answer === 'string') throw new Error(answer);
		expect(answer.relay).toBe(true);
		expect(answer.ice!.flatMap(({ urls }) => urls)).toEqual(['turn:127.0.0.1:9']);
	});
	afterAll(async () => {
		for (const phone of [ann, bob]) phone.link.close();
		await server.stop();
	});

	const HOST = 'candidate:1 1 udp 2122260223 192.168.1.7 50000 typ host generation 0';
	const RELAY = 'candidate:2 1 udp 41885439 203.0.113.5 60000 typ relay raddr 0.0.0.0 rport 0';
	const LEAKS = 'candidate:3 1 udp 41885439 203.0.113.5 60000 typ relay raddr 192.168.1.7 rport 5';

	test('V38 W9 passes relayed candidates only, and no address of the device beside them', async () => {
		const candidates = [HOST, RELAY, LEAKS].map((candidate) => ({ candidate, sdpMid: '0' }));
		const told = await ann.signal(call, bob.device, { description: undefined, candidates });
		expect(told).toEqual({ delivered: true });
		await bob.until(() => bob.signals.length === 1);
		expect(bob.signals[0]!.candidates).toEqual([
			{ candidate: RELAY, sdpMid: '0' },
			{ candidate: LEAKS.replace('192.168.1.7 rport 5', '0.0.0.0 rport 0'), sdpMid: '0' }
		]);
		const sdp = `${SDP}c=IN IP4 192.168.1.7\r\na=${HOST}\r\na=${RELAY}\r\na=${LEAKS}`;
		const leak = { description: { type: 'offer', sdp } };
		expect(await ann.signal(call, bob.device, leak)).toEqual({ delivered: true });
		await bob.until(() => bob.signals.length === 2);
		const passed = bob.signals[1]!.description!.sdp;
		expect(passed).not.toContain('192.168');
		expect(passed).toContain(`c=IN IP4 0.0.0.0\r\na=${RELAY}\r\n`);
		const clean = {
			description: { type: 'offer', sdp: `v=0\r\n${FINGERPRINT}\r\na=${RELAY}\r\n` }
		};
		expect(await ann.signal(call, bob.device, clean)).toEqual({ delivered: true });
	});

	test('in a room, too, strangers do not learn the address of each other, and friends do', async () => {
		const env = { TURN_URLS: 'turn:127.0.0.1:9', TURN_SECRET: 'sixteen letters and more' };
		const free = await startServer(env);
		const { ann: one, bob: friend, desk } = await twoFriends(free);
		const other = await phoneOf(await register(free, 'cy'));
		const room = newId();
		const password = 'open sesame';
		await act(one, { kind: 'room.create', room, name: 'Room', description: '', password });
		for (const phone of [friend, other]) await act(phone, { kind: 'room.join', room, password });
		const id = await one.start(room);
		for (const phone of [friend, other]) {
			const answer = await phone.join(id, room);
			expect(typeof answer === 'string' ? answer : answer.relay).toBeUndefined();
		}
		const told = { description: undefined, candidates: [{ candidate: HOST, sdpMid: '0' }] };
		expect(await one.signal(id, friend.device, told)).toEqual({ delivered: true });
		expect(await one.signal(id, other.device, told)).toEqual({ delivered: false });
		for (const phone of [one, friend, other, desk]) phone.link.close();
		await free.stop();
	});

	test('CALLS=off refuses every call, and says so', async () => {
		const off = await startServer({ CALLS: 'off' });
		const cy = await phoneOf(await register(off, 'cy'));
		const asked = { do: 'start', call: call, room: call, video: false } as const;
		expect(await cy.ask(asked)).toBe('calls_off');
		cy.link.close();
		await off.stop();
	});
});
