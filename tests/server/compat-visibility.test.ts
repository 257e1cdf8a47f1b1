/** What clients of the compatible API learn of one another: by leaving, across a block, and as strangers. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program, PROGRAM_PASSWORD, unique, type Ear, type Program } from '../support/compat.ts';
import type { Account } from '../../src/lib/protocol/http.ts';
import { ask, cookieOf, newId, personWith } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startServer();
});
afterAll(() => server.stop());

async function together() {
	const [ann, bob] = [await program(server, 'ann'), await program(server, 'bob')];
	const name = unique('room');
	const { id: room } = await ann.room(name);
	const [a, b] = [await ann.connect(), await bob.connect()];
	await a.ask('join_room', { room_id: room });
	await b.ask('join_room', { room_id: room });
	return { ann, bob, a, b, room, name };
}

/** Blocks in the app, where it is done. */
async function block(blocker: Program, blocked: Program): Promise<void> {
	const body = { name: blocker.name, password: PROGRAM_PASSWORD, remember: false };
	const signedIn = await ask(server, '/api/account/sign-in', { body });
	const { person } = signedIn.body as Account;
	const owner = personWith(server, person.name, person.id, cookieOf(signedIn));
	const found = await owner.sync('find', { name: blocked.name });
	const { card } = found.body as { card: { id: string } };
	const act = { kind: 'person.block', id: newId(), at: Date.now(), person: card.id };
	const { body: done } = await owner.sync('acts', { acts: [act] });
	expect(done).toMatchObject({ results: [{ status: 'accepted' }] });
}

const of = (ear: Ear, event: string, who: Program) =>
	ear.of(event).filter((one) => one.user_id === who.id);

test('a client that says goodbye has left: it is told, and nothing is joined again', async () => {
	const { ann, bob, a, b, room, name } = await together();
	b.close();
	expect(await a.hear('user_left')).toEqual({
		user_id: bob.id,
		username: bob.name,
		room_id: room,
		room: name
	});
	await a.ask('send_message', { room_id: room, content: 'while away' });
	const back = await bob.connect();
	await back.settled();
	expect(back.of('new_message')).toEqual([]);
	await back.ask('join_room', { room_id: room });
	await a.settled();
	// Once as it came first, once as it came back.
	expect(of(a, 'user_joined', bob)).toHaveLength(2);
	expect(of(a, 'user_left', ann)).toEqual([]);
	for (const ear of [a, back]) ear.close();
});

test('one of two sockets says goodbye: the person is still there', async () => {
	const { bob, a, b, room } = await together();
	const second = await bob.connect();
	await second.ask('join_room', { room_id: room });
	b.close();
	await second.ask('send_message', { room_id: room, content: 'still here' });
	await a.hear('new_message', (one) => one.content === 'still here');
	expect(a.of('user_left')).toEqual([]);
	for (const ear of [a, second]) ear.close();
});

test('across a block nothing is told of coming and going', async () => {
	const { ann, bob, a, b, room, name } = await together();
	const c = await (await program(server, 'carl')).connect();
	await c.ask('join', { room: name });
	await a.ask('join', { room: name });
	await block(ann, bob);
	await b.ask('join', { room: name });
	await c.hear('system_message', (one) => one.message.startsWith(bob.name));
	await b.ask('send_message', { room_id: room, content: 'first' });
	await b.ask('leave_room', { room_id: room });
	await c.hear('user_left', (one) => one.user_id === bob.id);
	await a.settled();
	const greetings = a.of('system_message').map((one) => one.message as string);
	expect(greetings.filter((text) => text.startsWith(bob.name))).toEqual([]);
	expect(of(a, 'user_left', bob)).toEqual([]);
	for (const ear of [a, b, c]) ear.close();
});

test('across a block nobody is seen online, in no answer and in no message', async () => {
	const { ann, bob, a, b, room } = await together();
	await block(ann, bob);
	await b.ask('send_message', { room_id: room, content: 'from the other side' });
	const message = await a.hear('new_message', (one) => one.user_id === bob.id);
	expect(message.sender).toMatchObject({ id: bob.id, is_online: false });
	const history = await ann.get(`/api/messages/${room}`);
	expect(history.messages.at(-1).sender.is_online).toBe(false);
	const { users } = await ann.get(`/api/users/search?username=${bob.name}`);
	expect(users).toMatchObject([{ id: bob.id, is_online: false }]);
	const { user } = await ann.get(`/api/users/${bob.id}/profile`);
	expect([user.is_online, user.last_seen]).toEqual([false, user.created_at]);
	const { user_rooms } = await ann.get('/api/rooms/');
	const mine = user_rooms.find((one: { id: number }) => one.id === room);
	expect(mine).toMatchObject({ member_count: 2, online_count: 1 });
	for (const ear of [a, b]) ear.close();
});

test('when somebody was last online is for friends, and not for strangers', async () => {
	const [ann, bob, eve] = [
		await program(server, 'ann'),
		await program(server, 'bob'),
		await program(server, 'eve')
	];
	await ann.post('/api/friends/requests', { username: bob.name });
	await bob.post(`/api/friends/requests/${ann.id}/accept`);
	const watching = await ann.connect();
	const b = await bob.connect();
	await b.settled();
	b.close();
	await watching.hear('user_offline', (one) => one.user_id === bob.id);
	const seenBy = async (viewer: Program) => {
		const { user } = await viewer.get(`/api/users/${bob.id}/profile`);
		return user.last_seen > user.created_at;
	};
	// It is written a moment after others are told.
	await expect.poll(() => seenBy(ann), { timeout: 10_000 }).toBe(true);
	expect([await seenBy(bob), await seenBy(eve)]).toEqual([true, false]);
	watching.close();
});
