/** Section 3: rooms. */
import { describe, expect, it } from 'vitest';
import { PROGRAM_PASSWORD, unique, type Json } from '../../support/compat.ts';
import { contractOf } from '../../support/openapi.ts';
import { startServer } from '../../support/server.ts';
import { alice, bob, newUser, as, good, newRoom, isNo } from './shared.ts';

describe('rooms', () => {
	it('are made with the maker as a member and admin', async () => {
		const name = unique('made');
		const { room, message, ...flat } = await newRoom(alice, { name, description: ' about ' });
		expect(flat).toEqual(room);
		expect(typeof message).toBe('string');
		expect(room).toMatchObject({
			name,
			description: 'about',
			is_private: false,
			created_by: alice.id,
			member_count: 1
		});
		const detail = await good(alice, `/api/rooms/${room.id}`);
		expect(detail).toMatchObject({ success: true, is_member: true, ...room });
		expect(detail.members.map((one: Json) => one.user_id)).toEqual([alice.id]);
		expect(detail.users).toEqual(detail.online_members);
		const { success: _, room: same, ...rest } = detail;
		expect(rest).toEqual(same);
	});

	it.each([
		['no name', { name: undefined }, 422],
		['an empty name', { name: '  ' }, 400],
		['101 letters', { name: 'x'.repeat(101) }, 400],
		['two lines', { name: 'a\nb' }, 400],
		['private without a password', { is_private: true }, 400],
		['a long description', { description: 'x'.repeat(501) }, 400]
	])('refuse %s', async (_what, wrong, status) => {
		const body = { name: unique('bad'), ...wrong };
		const reply = await as(alice, '/api/rooms/', { body });
		isNo(reply, status);
	});

	it('have names of their own', async () => {
		const { name } = await newRoom(alice);
		for (const same of [name, name.toUpperCase(), ` ${name} `]) {
			isNo(await as(bob, '/api/rooms/', { body: { name: same } }), 409);
		}
	});

	it('are listed: one’s own, and all others, private ones included', async () => {
		const mine = await newRoom(alice);
		const hidden = await newRoom(bob, { is_private: true, password: 'sesame' });
		const lists = await good(alice, '/api/rooms/');
		const ids = (list: string) => lists[list].map((room: Json) => room.id);
		expect(ids('user_rooms')).toContain(mine.id);
		expect(ids('user_rooms')).toContain(1);
		expect(ids('available_rooms')).toContain(hidden.id);
		expect(ids('available_rooms')).not.toContain(mine.id);
		expect(lists.rooms).toEqual(lists.user_rooms);
		expect(lists.public_rooms.every((room: Json) => !room.is_private)).toBe(true);
		expect(ids('public_rooms')).toContain(mine.id);
	});

	it('are found by id, else by name; general is there from the start', async () => {
		const general = await good(alice, '/api/rooms/general');
		expect(general).toMatchObject({ id: 1, name: 'general', is_private: false });
		const named = await newRoom(alice, { name: `${unique('名 字')}/x` });
		const found = await good(bob, `/api/rooms/${encodeURIComponent(named.name)}`);
		expect(found.id).toBe(named.id);
		const numbered = await newRoom(alice, { name: '987654' });
		expect((await good(bob, '/api/rooms/987654')).id).toBe(numbered.id);
		isNo(await as(alice, '/api/rooms/no_such_room'), 404);
	});

	it('that are private are opened by their password, with 400 for a wrong one', async () => {
		const room = await newRoom(alice, { is_private: true, password: 'sesame' });
		const path = `/api/rooms/${room.id}`;
		const join = (body?: unknown) => as(bob, `${path}/join`, { method: 'POST', body });
		isNo(await as(bob, path), 403);
		isNo(await as(bob, `${path}/members`), 403);
		isNo(await as(bob, `/api/messages/${room.id}`), 403);
		for (const body of [undefined, {}, { password: '' }, { password: 'wrong' }]) {
			isNo(await join(body), 400);
		}
		const joined = await join({ password: 'sesame' });
		expect([joined.status, joined.body.room.member_count]).toEqual([200, 2]);
		// Clients come back by joining again.
		for (const body of [undefined, {}, { password: 'wrong' }]) {
			expect((await join(body)).status).toBe(200);
		}
		expect((await as(bob, path)).body.is_member).toBe(true);
	});

	it('are joined and left; leaving twice is 400', async () => {
		const room = await newRoom(alice);
		expect(
			(await good(bob, '/api/rooms/join', { body: { room_id: String(room.id) } })).room.id
		).toBe(room.id);
		const leave = () => as(bob, `/api/rooms/${room.id}/leave`, { method: 'POST' });
		expect((await leave()).status).toBe(200);
		isNo(await leave(), 400);
		isNo(await as(bob, '/api/rooms/999999/join', { method: 'POST' }), 404);
		isNo(await as(bob, '/api/rooms/999999/leave', { method: 'POST' }), 404);
	});

	it('an empty body with a JSON type is no body', async () => {
		const room = await newRoom(alice);
		const reply = await as(bob, `/api/rooms/${room.id}/join`, {
			method: 'POST',
			body: '',
			headers: { 'content-type': 'application/json' }
		});
		expect(reply.status).toBe(200);
	});

	it('are changed by owner and admins, and deleted by the owner', async () => {
		const room = await newRoom(alice, { is_private: true, password: 'sesame' });
		const path = `/api/rooms/${room.id}`;
		await good(bob, `${path}/join`, { body: { password: 'sesame' } });
		const name = unique('changed');
		isNo(await as(bob, path, { method: 'PUT', body: { name } }), 403);
		isNo(await as(bob, path, { method: 'DELETE' }), 403);
		const change = { name, description: 'new', password: '' };
		const changed = await good(alice, path, { method: 'PUT', body: change });
		expect(changed).toMatchObject({ name, description: 'new', is_private: true });
		await good(alice, path, { method: 'PUT', body: { password: 'another' } });
		const carol = await newUser('carol');
		isNo(await as(carol, `${path}/join`, { body: { password: 'sesame' } }), 400);
		await good(carol, `${path}/join`, { body: { password: 'another' } });
		const opened = await good(alice, path, { method: 'PUT', body: { is_private: false } });
		expect(opened.is_private).toBe(false);
		isNo(await as(alice, path, { method: 'PUT', body: { is_private: true } }), 400);
		isNo(await as(alice, path, { method: 'PUT', body: { name: 'general' } }), 409);
		expect((await as(alice, path, { method: 'DELETE' })).status).toBe(200);
		isNo(await as(alice, path), 404);
		isNo(await as(alice, path, { method: 'DELETE' }), 404);
	});

	it('tell members who is in', async () => {
		const room = await newRoom(alice);
		await good(bob, `/api/rooms/${room.id}/join`, { method: 'POST' });
		const { members, member_count, online_members, online_count } = await good(
			alice,
			`/api/rooms/${room.id}/members`
		);
		expect(members.map((one: Json) => one.id)).toEqual([alice.id, bob.id]);
		expect([member_count, online_count, online_members]).toEqual([2, 0, []]);
	});

	it('limit tries at their password, without 401 (6)', async () => {
		const limited = await startServer({ RATE_LIMITS: 'on' });
		const theirs = await contractOf(limited);
		const user = async (username: string) => {
			const body = { username, email: `${username}@x.org`, password: PROGRAM_PASSWORD };
			return (await theirs.call('/api/auth/register', { body })).body.token as string;
		};
		const [owner, thief] = [await user('owner'), await user('thief')];
		const made = { name: 'vault', is_private: true, password: 'sesame' };
		const { id } = (await theirs.call('/api/rooms/', { token: owner, body: made })).body;
		const statuses: number[] = [];
		for (let i = 0; i < 12; i++) {
			const reply = await theirs.call(`/api/rooms/${id}/join`, {
				token: thief,
				body: { password: `guess ${i}` }
			});
			statuses.push(reply.status);
			if (reply.status === 429) {
				isNo(reply, 429);
				expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
			}
		}
		expect(statuses.slice(0, 10)).toEqual(Array(10).fill(400));
		expect(statuses.slice(10)).toEqual([429, 429]);
		await limited.stop();
	});
});
