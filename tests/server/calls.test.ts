/** Calls over real sockets, without media: who rings, who is in, what the log says of it. docs/protocol.md, "Calls". */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallAnswer } from '../../src/lib/protocol/calls.ts';
import { act, twoFriends, phoneOf, openDirect, type Phone } from '../support/call.ts';
import { newId, register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let ann: Phone;
let bob: Phone;
let desk: Phone;
let room: string;
beforeEach(async () => {
	server = await startServer();
	({ ann, bob, desk, room } = await twoFriends(server));
});
afterEach(async () => {
	for (const phone of [ann, bob, desk]) phone.link.close();
	await server.stop();
});

const stateOf = (answer: CallAnswer | string) => {
	if (typeof answer === 'string' || !answer.call) throw new Error(JSON.stringify(answer));
	return answer.call;
};

async function answered(): Promise<string> {
	const call = await ann.start(room);
	await bob.until(() => bob.rings.length === 1);
	stateOf(await bob.join(call, room));
	return call;
}

describe('a call of two', () => {
	test('V7 rings on all devices, and V1 is silent on all others once one has answered', async () => {
		const call = await ann.start(room, true);
		await Promise.all([
			bob.until(() => bob.rings.length === 1),
			desk.until(() => desk.rings.length === 1)
		]);
		expect(bob.rings[0]).toMatchObject({ call, room, video: true, by: { id: ann.person.id } });
		expect(bob.rings[0]!.until).toBeGreaterThan(Date.now() + 40_000);
		await desk.ask({ do: 'rings', call });
		await ann.until(() => ann.states.at(-1)?.rung[0]?.rings === true);
		const state = stateOf(await bob.join(call, room));
		expect(state.people.map(({ person, device }) => [person.id, device])).toEqual([
			[ann.person.id, ann.device],
			[bob.person.id, bob.device]
		]);
		await desk.until(() => desk.unrings.length === 1);
		expect(desk.unrings[0]).toEqual({ call, why: 'answered', here: false });
		await bob.until(() => bob.unrings.length === 1);
		expect(bob.unrings[0]!.here).toBe(true);
		await ann.until(() => ann.states.at(-1)?.people.length === 2);
	});

	test('V12 is one row that says who took part and how long', async () => {
		const call = await answered();
		await ann.ask({ do: 'leave', call });
		await bob.until(() => bob.states.at(-1)?.ended?.end === 'done');
		await ann.logged(call, 'done');
		for (const phone of [ann, bob]) {
			const [row, ...others] = await phone.rows(room);
			expect(others).toEqual([]);
			expect(row).toMatchObject({ id: call, author: ann.person.id, type: 'system', body: '' });
			expect(row!.call).toMatchObject({ end: 'done', people: [ann.person.id, bob.person.id] });
			expect(row!.call!.ended! - row!.call!.answered!).toBeGreaterThanOrEqual(0);
			expect(row!.system).toBeUndefined();
		}
	});

	test('V13 that nobody answered is one unread for who was called, none for who called', async () => {
		const call = await ann.start(room);
		await bob.until(() => bob.rings.length === 1);
		await ann.ask({ do: 'leave', call });
		await bob.until(() => bob.unrings.length === 1);
		expect(bob.unrings[0]!.why).toBe('cancelled');
		await bob.logged(call, 'cancelled');
		const unread = async (phone: Phone) => {
			const { pages } = await phone.link.request('pull', { streams: [{ id: room, cursor: null }] });
			return (pages[0] as { unread?: number }).unread;
		};
		expect(await unread(bob)).toBe(1);
		expect(await unread(ann)).toBe(0);
		const [row] = await bob.rows(room);
		await act(bob, { kind: 'read.mark', room, upto: row!.seq });
		expect(await unread(desk)).toBe(0);
	});

	test('V2 answered or declined elsewhere is never called missed, and V5 a decline silences all devices', async () => {
		const call = await ann.start(room);
		await desk.until(() => desk.rings.length === 1);
		await bob.ask({ do: 'decline', call });
		await desk.until(() => desk.unrings.length === 1);
		expect(desk.unrings[0]).toEqual({ call, why: 'declined', here: false });
		await ann.until(() => ann.states.at(-1)?.ended !== undefined);
		expect(ann.states.at(-1)!.ended!.end).toBe('declined');
		await ann.logged(call, 'declined');
	});

	test('V3 a decline never ends a call that another device answered', async () => {
		const call = await answered();
		expect(stateOf(await desk.ask({ do: 'decline', call })).ended).toBeUndefined();
		expect(stateOf(await ann.join(call, room)).people).toHaveLength(2);
	});

	test('V4 of two devices that answer at once exactly one is in', async () => {
		const call = await ann.start(room);
		const answers = await Promise.all([bob.join(call, room), desk.join(call, room)]);
		expect(answers.filter((one) => one === 'call_taken')).toHaveLength(1);
		expect(answers.filter((one) => typeof one !== 'string')).toHaveLength(1);
	});

	test('V11 two who call each other are in one call', async () => {
		const ask = (phone: Phone) => phone.ask({ do: 'start', call: newId(), room, video: false });
		const [one, other] = await Promise.all([ask(ann), ask(bob)]);
		expect(stateOf(one).call).toBe(stateOf(other).call);
		await ann.until(() => ann.states.at(-1)?.people.length === 2);
		expect(await ann.rows(room)).toHaveLength(1);
	});

	test('V9 rings on a device that connects later', async () => {
		const call = await ann.start(room);
		const late = await phoneOf(bob.person);
		await late.until(() => late.rings.length === 1);
		expect(late.rings[0]!.call).toBe(call);
		late.link.close();
	});

	test('V10 tells who calls that the other one is in another call', async () => {
		await answered();
		const eve = await phoneOf(await register(server, 'eve'));
		const other = await openDirect(eve, bob.person);
		await act(bob, { kind: 'pref.set', key: 'calls-from', value: '"everybody"' });
		const call = await eve.start(other);
		await bob.until(() => bob.rings.some((ring) => ring.call === call));
		await eve.until(() => eve.states.at(-1)?.rung[0]?.busy === true);
		eve.link.close();
	});

	test('a start that comes twice is one call', async () => {
		const call = newId();
		await ann.start(room, false, call);
		expect(await ann.start(room, false, call)).toBe(call);
		expect(await ann.rows(room)).toHaveLength(1);
	});
});

describe('signals', () => {
	test('V36 pass between two who are in the call, and name who sent them', async () => {
		const call = await answered();
		expect(await ann.signal(call, bob.device)).toEqual({ delivered: true });
		await bob.until(() => bob.signals.length === 1);
		expect(bob.signals[0]).toMatchObject({ from: { device: ann.device, person: ann.person.id } });
		expect(await ann.signal(call, desk.device)).toEqual({ delivered: false });
		expect(await desk.signal(call, ann.device)).toEqual({ delivered: false });
	});

	test('W2 that are no descriptions of ours are refused', async () => {
		const call = await answered();
		for (const sdp of [
			'v=0\r\nm=audio 9 X 0\r\n',
			'v=0\r\na=fingerprint:sha-1 AB:CD\r\n',
			`v=0${'x'.repeat(17_000)}`
		]) {
			const answer = await ann.signal(call, bob.device, { description: { type: 'offer', sdp } });
			expect(answer).toMatchObject({ refused: { code: 'malformed' } });
		}
		expect(bob.signals).toEqual([]);
	});
});
