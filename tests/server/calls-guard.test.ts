/** Who may call and hear what: blocks, removal, sessions, preferences, restarts, floods. docs/protocol.md, "Calls". */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { act, openDirect, phoneOf, twoFriends, type Phone } from '../support/call.ts';
import type { CallRequest } from '../../src/lib/protocol/calls.ts';
import { newId, personWith, register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let ann: Phone;
let bob: Phone;
let desk: Phone;
let room: string;
const phones: Phone[] = [];

async function begin(env: Record<string, string> = {}) {
	server = await startServer(env);
	({ ann, bob, desk, room } = await twoFriends(server));
	phones.push(ann, bob, desk);
}
beforeEach(() => begin());
afterEach(async () => {
	for (const phone of phones.splice(0)) phone.link.close();
	await server.stop();
});

async function answered(): Promise<string> {
	const call = await ann.start(room);
	await bob.until(() => bob.rings.length === 1);
	await bob.join(call, room);
	return call;
}

async function stranger(name: string): Promise<Phone> {
	const phone = await phoneOf(await register(server, name));
	phones.push(phone);
	return phone;
}

/** A private room with these people, made by the first of them. */
async function roomOf(owner: Phone, ...others: Phone[]): Promise<string> {
	const id = newId();
	const password = 'open sesame';
	await act(owner, {
		kind: 'room.create',
		room: id,
		name: `Room ${id}`,
		description: '',
		password
	});
	for (const other of others) await act(other, { kind: 'room.join', room: id, password });
	return id;
}

describe('whom a call may reach', () => {
	test('V8 across a block nothing rings, and who calls is refused as with any other act', async () => {
		await act(bob, { kind: 'person.block', person: ann.person.id });
		expect(await ann.ask({ do: 'start', call: newId(), room, video: false })).toBe(
			'person_unavailable'
		);
		expect(await ann.rows(room)).toEqual([]);
		expect(bob.rings).toEqual([]);
	});

	test('V36 a block ends a call of two at once', async () => {
		const call = await answered();
		await act(bob, { kind: 'person.block', person: ann.person.id });
		await ann.until(() => ann.states.at(-1)?.ended?.end === 'done', 5_000);
		expect(await ann.signal(call, bob.device)).toEqual({ delivered: false });
	});

	test('V8 of a stranger nothing rings, but the row is there as missed, and who calls does not learn why', async () => {
		const eve = await stranger('eve');
		const other = await openDirect(eve, bob.person);
		const call = await eve.start(other);
		await eve.until(() => eve.states.length > 0);
		expect(eve.states.at(-1)!.rung).toEqual([{ person: bob.person.id }]);
		await eve.ask({ do: 'leave', call });
		await bob.logged(call, 'cancelled');
		expect([...bob.rings, ...desk.rings]).toEqual([]);
	});

	test('V8 in quiet hours and at level "none" nothing rings', async () => {
		for (const [key, value] of [
			[`level:${room}`, '"none"'],
			['quiet', JSON.stringify({ from: '00:00', to: '23:59', zone: 'UTC' })]
		] as const) {
			await act(bob, { kind: 'pref.set', key, value });
			const call = await ann.start(room);
			await ann.ask({ do: 'leave', call });
			await bob.logged(call, 'cancelled');
			await act(bob, { kind: 'pref.set', key, value: '' });
		}
		expect(bob.rings).toEqual([]);
	});

	test('a small private room rings, and who declines is silent alone', async () => {
		const cy = await stranger('cy');
		const id = await roomOf(ann, bob, cy);
		const call = await ann.start(id);
		await Promise.all([bob, cy].map((phone) => phone.until(() => phone.rings.length === 1)));
		await bob.ask({ do: 'decline', call });
		await bob.until(() => bob.unrings.length === 1);
		await cy.join(call, id);
		await ann.until(() => ann.states.at(-1)?.people.length === 2);
		expect(ann.states.at(-1)!.rung).toEqual([]);
	});

	test('W4 a call that is over, or of a room one is not in, is not there', async () => {
		const eve = await stranger('eve');
		const call = await answered();
		expect(await eve.join(call, room)).toBe('no_such_call');
		expect(await eve.ask({ do: 'leave', call })).toEqual({ call: null });
		expect(await eve.ask({ do: 'ice', call })).toBe('no_such_call');
		await ann.ask({ do: 'leave', call });
		expect(await bob.join(call, room)).toBe('no_such_call');
		expect(await bob.join(newId(), room)).toBe('no_such_call');
	});

	test('over HTTP a worker declines, and does nothing else', async () => {
		const call = await ann.start(room);
		const other = await bob.person.sync('call', { do: 'join', call, room, video: false });
		expect(other.refused?.code).toBe('calls_off');
		expect((await bob.person.sync('signal', { call, to: ann.device, g: 0 })).status).toBe(404);
		expect((await bob.person.sync('call', { do: 'decline', call })).status).toBe(200);
		await ann.until(() => ann.states.at(-1)?.ended?.end === 'declined');
		await bob.until(() => bob.unrings.length === 1);
	});
});

describe('who may speak in it', () => {
	test('V36 W1 no signal passes from or to who was put out of the room, and others are told', async () => {
		const cy = await stranger('cy');
		const id = await roomOf(ann, bob, cy);
		const call = await ann.start(id);
		await bob.join(call, id);
		await cy.join(call, id);
		expect(await cy.signal(call, bob.device)).toEqual({ delivered: true });
		await act(ann, { kind: 'member.remove', room: id, person: cy.person.id });
		await cy.until(() => cy.states.at(-1)?.you === 'removed', 5_000);
		expect(await cy.signal(call, bob.device)).toEqual({ delivered: false });
		expect(await bob.signal(call, cy.device)).toEqual({ delivered: false });
		await bob.until(() => bob.states.at(-1)?.people.length === 2, 5_000);
		expect(await cy.join(call, id)).toBe('no_such_call');
		expect(cy.link.socket.connected).toBe(true);
	});

	test('A15 who is muted is out of the call at once', async () => {
		const id = await roomOf(ann, bob);
		const call = await ann.start(id);
		await bob.join(call, id);
		await act(ann, { kind: 'member.mute', room: id, person: bob.person.id, for: 60_000 });
		await bob.until(() => bob.states.at(-1)?.you === 'removed');
		await ann.until(() => ann.states.at(-1)?.people.length === 1);
		expect(await bob.join(call, id)).toBe('muted');
	});

	test('who was put out of the room learns nothing more of its call', async () => {
		const id = await roomOf(ann, bob);
		const call = await ann.start(id);
		await bob.join(call, id);
		await act(ann, { kind: 'member.remove', room: id, person: bob.person.id });
		await bob.until(() => bob.states.at(-1)?.you === 'removed');
		const asked: CallRequest = { do: 'alive', call, with: [] };
		expect(await bob.ask(asked)).toEqual({ call: null });
		await ann.ask({ do: 'leave', call });
		expect(await bob.ask(asked)).toEqual({ call: null });
	});

	test('V36 a device that somebody else has in the call is no way into it', async () => {
		const id = await roomOf(ann, bob);
		const call = await ann.start(id);
		const faker = await phoneOf(bob.person, { device: ann.device });
		phones.push(faker);
		expect(await faker.join(call, id)).toBe('call_taken');
	});

	test('a hang-up that overtakes its start leaves nobody in a call', async () => {
		const call = newId();
		const [started] = await Promise.all([
			ann.ask({ do: 'start', call, room, video: false }),
			ann.ask({ do: 'leave', call })
		]);
		expect(started).toMatchObject({ call: { ended: { end: 'cancelled' } } });
		await ann.logged(call, 'cancelled');
	});

	test('V42 a session that is ended is out of its call within 5 s', async () => {
		await answered();
		await bob.person.ask('/api/account/sign-out', { method: 'POST' });
		await ann.until(() => ann.states.at(-1)?.ended?.end === 'done', 5_000);
	});

	test('a room that is deleted ends its call with it', async () => {
		const id = await roomOf(ann, bob);
		const call = await ann.start(id);
		await bob.join(call, id);
		await act(ann, { kind: 'room.delete', room: id });
		await bob.until(() => bob.states.some((state) => state.you === 'removed' || state.ended));
		expect(await server.query('SELECT id FROM call')).toEqual([]);
	});

	test('a call in a conversation of two ends with the account of one', async () => {
		const call = await answered();
		const body = { password: 'correct horse battery' };
		const ended = await bob.person.ask('/api/account/delete', { method: 'POST', body });
		expect(ended.status).toBe(200);
		await ann.logged(call, 'done');
	});

	test('a second device of a person takes a call over, and the first is told', async () => {
		const call = await answered();
		expect(await desk.join(call, room)).toBe('call_taken');
		expect(await desk.join(call, room, true)).toBe('call_taken');
		bob.link.close();
		await ann.until(() => ann.states.at(-1)?.people[1]?.away === true);
		expect(await desk.join(call, room)).not.toBe('call_taken');
		await ann.until(() => ann.states.at(-1)?.people[1]?.device === desk.device);
	});

	test('V34 who is in a call is online while the server has lost their device', async () => {
		ann.link.socket.emit('watch', { room });
		await answered();
		for (const phone of [bob, desk]) phone.link.close();
		await ann.until(() => ann.states.at(-1)?.people[1]?.away === true);
		await ann.until(() => ann.link.presence.length > 0);
		const call = ann.states.at(-1)!.call;
		await ann.ask({ do: 'leave', call });
		await ann.until(() => ann.link.presence.some(({ off }) => off.includes(bob.person.id)));
		const gone = ann.link.presence.filter(({ off }) => off.includes(bob.person.id));
		expect(gone).toHaveLength(1);
		expect(ann.states.at(-1)!.ended).toBeDefined();
	});

	test('who begins to look at a room is told of its call', async () => {
		const id = await roomOf(ann, bob);
		const call = await ann.start(id);
		bob.link.socket.emit('watch', { room: id });
		await bob.until(() => bob.states.some((state) => state.call === call));
	});
});

test('W3 V37 starts are limited (SOCKET-21)', async () => {
	await server.stop();
	for (const phone of phones.splice(0)) phone.link.close();
	await begin({ RATE_LIMITS: 'on' });
	const tries: string[] = [];
	for (let i = 0; i < 4; i++) {
		const call = newId();
		const answer = await ann.ask({ do: 'start', call, room, video: false });
		tries.push(typeof answer === 'string' ? answer : 'started');
		if (typeof answer !== 'string') await ann.ask({ do: 'leave', call });
	}
	expect(tries).toEqual(['started', 'started', 'started', 'too_many']);
	expect(await ann.rows(room)).toHaveLength(3);
});

describe('a server that starts again', () => {
	let folder: string;
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), 'roost-calls-'));
		for (const phone of phones.splice(0)) phone.link.close();
		await server.stop();
		await begin({ DATA_DIR: folder });
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	async function restart(): Promise<void> {
		for (const phone of phones.splice(0)) phone.link.close();
		await server.stop();
		server = await startServer({ DATA_DIR: folder });
	}
	const again = async ({ person: { name, id, cookie }, device }: Phone) => {
		const phone = await phoneOf(personWith(server, name, id, cookie), { device });
		phones.push(phone);
		return phone;
	};

	test('V21 goes on with a call in the same row when its people are back', async () => {
		const call = await answered();
		await restart();
		const [one, other] = [await again(ann), await again(bob)];
		await one.join(call, room, true);
		const answer = await other.join(call, room, true);
		expect(typeof answer === 'string' ? answer : answer.call!.people).toHaveLength(2);
		expect(await one.signal(call, other.device)).toEqual({ delivered: true });
		const [row, ...others] = await one.rows(room);
		expect(others).toEqual([]);
		expect(row!.call!.ended).toBeUndefined();
	});

	test('W6 V6 rings on when who called is back, and V12 is one row', async () => {
		const call = await ann.start(room);
		await restart();
		const [one, other] = [await again(ann), await again(bob)];
		await one.join(call, room, true);
		await other.until(() => other.rings.length > 0);
		await other.join(call, room);
		await one.until(() => one.states.at(-1)?.people.length === 2);
		expect(await one.rows(room)).toHaveLength(1);
	});
});
