/** Section 4: who is online, and friends. */
import { describe, expect, it } from 'vitest';
import { program, unique, type Program } from '../../support/compat.ts';
import { register, type Person } from '../../support/person.ts';
import { server, alice, bob, firstRoom, open, together } from './shared.ts';

describe('presence', () => {
	const isOf = (who: Program) => (one: { user_id: number }) => one.user_id === who.id;

	it('is told when the first socket opens and, within three seconds, after the last has closed', async () => {
		const carol = await program(server, 'carol');
		const dave = await program(server, 'dave');
		const a = await open(alice);
		const first = await carol.connect();
		const second = await carol.connect();
		const who = { user_id: carol.id, username: carol.name };
		expect(await a.hear('user_status_update', isOf(carol))).toEqual({ ...who, is_online: true });
		expect(await a.hear('user_online', isOf(carol))).toEqual(who);
		first.close();
		// Somebody who comes and goes after that is offline later than she would be.
		const passing = await dave.connect();
		await a.hear('user_online', isOf(dave));
		passing.close();
		await a.hear('user_offline', isOf(dave));
		expect(a.of('user_offline').filter(isOf(carol))).toEqual([]);
		second.close();
		expect(await a.hear('user_offline', isOf(carol), 3_000)).toEqual(who);
		expect(a.of('user_status_update').filter(isOf(carol))).toEqual([
			{ ...who, is_online: true },
			{ ...who, is_online: false }
		]);
		expect(a.of('user_online').filter(isOf(carol))).toHaveLength(1);
	});

	it('is not told to whom one shares nothing with', async () => {
		const hermit = await program(server, 'hermit');
		await hermit.post('/api/rooms/general/leave');
		const a = await open(alice);
		const h = await hermit.connect();
		await h.settled();
		await a.settled();
		expect(a.of('user_status_update').filter(isOf(hermit))).toEqual([]);
		h.close();
	});

	it('is listed by get_online_users and by REST', async () => {
		const { room, a } = await together();
		const answer = await a.ask('get_online_users', { room_id: room });
		expect(answer.online_users.map((one: { id: number }) => one.id)).toEqual([alice.id, bob.id]);
		expect(a.of('online_users_update')).toEqual([
			{ room_id: room, online_users: answer.online_users }
		]);
		const { users, online_users, count, success } = await bob.get('/api/users/online');
		expect([success, count, online_users]).toEqual([true, users.length, users]);
		expect(users.map((one: { id: number }) => one.id)).toContain(alice.id);
	});

	it('is that of the app, too: one knows of the other', async () => {
		const person: Person = await register(server, unique('appuser'));
		const a = await open(alice);
		const link = await person.link();
		const told = await a.hear('user_status_update', (one) => one.username === person.name);
		expect(told.is_online).toBe(true);
		const dora = await program(server, 'dora');
		const room = await firstRoom(link);
		link.socket.emit('watch', { room });
		await link.until(() => link.presence.some((note) => note.room === room && note.full));
		const before = link.presence.length;
		const d = await dora.connect();
		await link.until(() => link.presence.slice(before).some((note) => note.on.length > 0));
		d.close();
		await link.until(() => link.presence.slice(before).some((note) => note.off.length > 0));
		link.close();
	});
});

describe('friends', () => {
	it('are told of requests and of what became of them', async () => {
		const [x, y] = [await program(server, 'xena'), await program(server, 'yuri')];
		const [ex, ey] = [await open(x), await open(y)];
		await x.post('/api/friends/requests', { user_id: y.id });
		const request = await ey.hear('friend_request');
		expect(request).toMatchObject({ id: x.id, requester: { id: x.id, username: x.name } });
		await y.post(`/api/friends/requests/${request.id}/reject`);
		expect(await ex.hear('friend_request_rejected')).toMatchObject({ friend: { id: y.id } });
		await x.post('/api/friends/requests', { username: y.name });
		await y.post('/api/friends/requests', { username: x.name });
		expect(await ex.hear('friend_request_accepted')).toMatchObject({ friend: { id: y.id } });
		await ey.settled();
		expect(ey.of('friend_request_accepted')).toEqual([]);
	});
});
