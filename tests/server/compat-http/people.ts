/** Section 3: people, friends and conversations of two. */
import { describe, expect, it } from 'vitest';
import { unique, type Json } from '../../support/compat.ts';
import { alice, bob, newUser, as, good, isNo, ZONELESS } from './shared.ts';

describe('people', () => {
	it('are found by a part of their name, the caller left out', async () => {
		const stem = unique('findme');
		const [first, second] = [await newUser(`${stem}a`), await newUser(`${stem}b`)];
		for (const key of ['keyword', 'q']) {
			const { users } = await good(first, `/api/users/search?${key}=${stem.toUpperCase()}`);
			expect(users.map((one: Json) => one.id)).toEqual([second.id]);
		}
		const exact = await good(first, `/api/users/search?username=${second.name}`);
		expect(exact.users).toEqual([
			{
				id: second.id,
				user_id: second.id,
				username: second.name,
				avatar_url: '',
				is_online: false
			}
		]);
		expect((await good(first, `/api/users/search?username=${stem}`)).users).toEqual([]);
		for (const literal of ['%25', '_____________________', '%22', '*', "'%20OR%201=1--"]) {
			expect((await good(first, `/api/users/search?keyword=${literal}`)).users).toEqual([]);
		}
		isNo(await as(first, '/api/users/search'), 400);
		isNo(await as(first, '/api/users/search?keyword=%20'), 400);
	});

	it('who are online are nobody without a socket: signing in alone announces nothing', async () => {
		const { users, online_users, count, success } = await good(alice, '/api/users/online');
		expect([success, online_users, count]).toEqual([true, users, users.length]);
		const names = users.map((one: Json) => one.username);
		expect(names).not.toContain(alice.name);
		expect(names).not.toContain(bob.name);
	});

	it('become friends by request and acceptance, or when requests cross', async () => {
		const [x, y] = [await newUser('xena'), await newUser('yuri')];
		const asked = await good(x, '/api/friends/requests', { body: { username: y.name } });
		expect(asked.request).toMatchObject({ status: 'pending', receiver: { id: y.id } });
		const { requests } = await good(y, '/api/friends/requests');
		expect(requests).toEqual([
			{
				id: requests[0].id,
				requester: expect.objectContaining({ id: x.id, username: x.name }),
				created_at: expect.stringMatching(ZONELESS)
			}
		]);
		expect((await good(x, '/api/users/friends/requests')).sent).toMatchObject([
			{ receiver: { id: y.id } }
		]);
		await good(y, `/api/friends/requests/${requests[0].id}/reject`, { method: 'POST' });
		expect((await good(y, '/api/friends')).friends).toEqual([]);
		isNo(await as(y, `/api/friends/requests/${requests[0].id}/accept`, { method: 'POST' }), 404);
		await good(x, `/api/users/friends/${y.id}`, { method: 'POST' });
		const accepted = await good(y, `/api/users/friends/${x.id}/accept`, { method: 'POST' });
		expect(accepted.friend).toMatchObject({ id: x.id });
		for (const path of ['/api/friends', '/api/users/friends']) {
			expect((await good(x, path)).friends).toMatchObject([
				{ id: y.id, username: y.name, friendship_id: expect.any(Number) }
			]);
		}
		isNo(await as(x, '/api/friends/requests', { body: { user_id: y.id } }), 400);
		await good(x, `/api/friends/${y.id}`, { method: 'DELETE' });
		expect((await good(y, '/api/friends')).friends).toEqual([]);
		await good(x, '/api/friends/requests', { body: { user_id: y.id } });
		const crossed = await good(y, '/api/friends/requests', { body: { user_id: String(x.id) } });
		expect(crossed.request.status).toBe('accepted');
		await good(y, `/api/users/friends/${x.id}`, { method: 'DELETE' });
		await good(x, `/api/users/friends/${y.id}`, { method: 'POST' });
		await good(y, `/api/friends/requests/${x.id}/accept`, { method: 'POST' });
		await good(y, `/api/friends/${x.id}`, { method: 'DELETE' });
		await good(x, `/api/users/friends/${y.id}`, { method: 'POST' });
		await good(x, `/api/friends/${y.id}`, { method: 'DELETE' });
		expect((await good(y, '/api/friends/requests')).requests).toEqual([]);
		await good(x, `/api/users/friends/${y.id}`, { method: 'POST' });
		await good(y, `/api/users/friends/${x.id}/reject`, { method: 'POST' });
	});

	it('are not asked twice, nor asked for themselves, nor when they are nobody', async () => {
		isNo(await as(alice, '/api/friends/requests', { body: { user_id: alice.id } }), 400);
		isNo(await as(alice, '/api/friends/requests', { body: { username: 'nobody_here' } }), 404);
		isNo(await as(alice, '/api/friends/requests', { body: { user_id: 999_999 } }), 404);
		isNo(await as(alice, '/api/friends/requests', { body: {} }), 400);
	});

	it('have a conversation of two, in pages', async () => {
		for (const path of [
			`/api/direct/${bob.id}/messages`,
			`/api/users/private/${bob.id}/messages`
		]) {
			const { messages, target, total } = await good(alice, `${path}?limit=5`);
			expect([messages, total, target.id]).toEqual([[], 0, bob.id]);
		}
		isNo(await as(alice, '/api/direct/999999/messages'), 404);
	});
});
