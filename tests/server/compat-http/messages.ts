/** Section 3: messages and their pages. */
import { describe, expect, it } from 'vitest';
import { unique, type Json } from '../../support/compat.ts';
import type { Found } from '../../../src/lib/protocol/down.ts';
import { directId } from '../../../src/lib/protocol/ids.ts';
import { eventually } from '../../contract/search-world.ts';
import { newId, post, register } from '../../support/person.ts';
import { server, alice, bob, type User, as, good, newRoom, say, isNo, ZONELESS } from './shared.ts';

/** What a search finds once the index is open and up to date. */
const searchAll = (user: User, query: string): Promise<Json> =>
	eventually(async () => {
		const body = await good(user, `/api/search?${query}`);
		expect(body.complete).toBe(true);
		return body;
	});

describe('messages', () => {
	it('are sent to rooms that one is in, trimmed, with 1 to 1,000 code points', async () => {
		const room = await newRoom(alice);
		const sent = await say(alice, room.id, '  hello \n there ');
		expect(sent).toMatchObject({
			content: 'hello \n there',
			message_type: 'text',
			user_id: alice.id,
			sender_id: alice.id,
			room_id: room.id,
			receiver_id: null,
			is_deleted: false,
			timestamp: expect.stringMatching(ZONELESS)
		});
		expect((await say(alice, room.id, '字'.repeat(1_000))).content).toHaveLength(1_000);
		const send = (user: User, body: object) => as(user, '/api/messages/', { body });
		isNo(await send(alice, { room_id: room.id, content: '😀'.repeat(1_001) }), 400);
		isNo(await send(alice, { room_id: room.id, content: ' ' }), 400);
		isNo(await send(alice, { room_id: room.id }), 400);
		isNo(await send(alice, { content: 'where?' }), 422);
		isNo(await send(alice, { room_id: { $gt: 0 }, content: 'x' }), 422);
		isNo(await send(alice, { room_id: 999_999, content: 'x' }), 404);
		isNo(await send(bob, { room_id: room.id, content: 'x' }), 403);
	});

	it('are changed by their author and taken back by the author or an admin', async () => {
		const room = await newRoom(alice);
		await good(bob, `/api/rooms/${room.id}/join`, { method: 'POST' });
		const sent = await say(bob, room.id, 'first');
		const path = `/api/messages/${sent.id}`;
		const put = (user: User, body: object) => as(user, path, { method: 'PUT', body });
		isNo(await put(alice, { content: 'forged' }), 403);
		isNo(await put(bob, { content: '' }), 400);
		isNo(await put(bob, {}), 422);
		const { body: edited } = await put(bob, {
			content: 'second',
			user_id: 1,
			id: 7,
			is_deleted: true
		});
		expect(edited).toMatchObject({
			id: sent.id,
			content: 'second',
			user_id: bob.id,
			is_deleted: false
		});
		expect(edited.edited_at).toMatch(ZONELESS);
		const other = await say(alice, room.id, 'by alice');
		isNo(await as(bob, `/api/messages/${other.id}`, { method: 'DELETE' }), 403);
		expect((await as(alice, path, { method: 'DELETE' })).status).toBe(200);
		const { messages } = await good(bob, `/api/messages/${room.id}`);
		expect(messages.map((one: Json) => one.id)).toEqual([other.id]);
		for (const method of ['PUT', 'DELETE']) {
			isNo(await as(bob, path, { method, body: { content: 'x' } }), 404);
		}
		isNo(await as(bob, '/api/messages/nonsense', { method: 'DELETE' }), 404);
	});

	it('of a room come in pages, in three forms, newest page first and oldest message first', async () => {
		const room = await newRoom(alice);
		for (let i = 0; i < 25; i++) await say(alice, room.id, `m${i}`);
		const page = async (query: string, path = `/api/messages/${room.id}`) => {
			const body = await good(alice, `${path}?${query}`);
			const { messages, pagination, ...counters } = body;
			expect(pagination).toEqual(counters);
			const texts = messages.map((one: Json) => one.content);
			return { texts, ...counters };
		};
		const texts = (from: number, to: number) =>
			Array.from({ length: to - from }, (_, i) => `m${from + i}`);
		const first = { total: 25, page: 1, per_page: 10, has_next: true, has_prev: false };
		for (const path of [`/api/messages/${room.id}`, `/api/rooms/${room.id}/messages`]) {
			for (const query of ['per_page=10', 'limit=10', 'page=1&limit=10', 'skip=0&limit=10']) {
				expect(await page(query, path)).toEqual({ texts: texts(15, 25), ...first });
			}
		}
		const last = { total: 25, page: 3, per_page: 10, has_next: false, has_prev: true };
		expect(await page('page=3&per_page=10')).toEqual({ texts: texts(0, 5), ...last });
		expect(await page('skip=20&limit=10')).toEqual({ texts: texts(0, 5), ...last });
		expect((await page('page=9&skip=5&limit=3')).texts).toEqual(texts(17, 20));
		expect((await page('page=4&per_page=10')).texts).toEqual([]);
		expect((await page('')).texts).toEqual(texts(0, 25));
		expect((await page('per_page=1000')).per_page).toBe(100);
		expect((await page('page=0&limit=0')).texts).toEqual(['m24']);
		isNo(await as(alice, `/api/messages/${room.id}?page=x`), 422);
		isNo(await as(alice, '/api/messages/999999'), 404);
	});

	it('of a public room can be read by who is not in it', async () => {
		const room = await newRoom(alice);
		await say(alice, room.id, 'for all');
		expect((await good(bob, `/api/messages/${room.id}`)).total).toBe(1);
	});

	it('without a room are the newest of general and one’s own rooms', async () => {
		const [mine, theirs] = [await newRoom(alice), await newRoom(bob)];
		await say(alice, mine.id, 'mine');
		await say(bob, theirs.id, 'theirs');
		await say(bob, 1, 'in general');
		const { messages, success } = await good(alice, '/api/messages?limit=2');
		expect(success).toBe(true);
		expect(messages.map((one: Json) => one.content)).toEqual(['mine', 'in general']);
		const named = await good(alice, `/api/messages?room=${theirs.name}`);
		expect(named.messages.map((one: Json) => one.content)).toEqual(['theirs']);
		const hidden = await newRoom(bob, { is_private: true, password: 'sesame' });
		isNo(await as(alice, `/api/messages?room=${hidden.name}`), 403);
	});

	it('from the app come whole, however long', async () => {
		const person = await register(server, unique('appuser'));
		const link = await person.link();
		const { heads } = await link.request('heads', {});
		const room = Object.entries(heads).find(([, [, , kind]]) => kind === 'room')![0];
		await link.request('acts', { acts: [post(room, '长'.repeat(3_000))] });
		link.close();
		const { messages } = await good(alice, '/api/messages/1?limit=1');
		expect(messages[0].content).toHaveLength(3_000);
	});

	it('are found by words and parts of Chinese text, wherever the caller may read', async () => {
		const room = await newRoom(alice);
		const closed = await newRoom(alice, { is_private: true, password: 'hidden away' });
		const word = unique('needle');
		for (let i = 0; i < 5; i++) await say(alice, room.id, `${word} ${i} 离线聊天室`);
		await say(alice, closed.id, `${word} in private`);
		await good(alice, '/api/messages/', { body: { room_id: room.id, content: 'else' } });
		const search = async (user: User, query: string) => {
			const body = await searchAll(user, query);
			const { messages, pagination, complete: _, ...counters } = body;
			expect(pagination).toEqual(counters);
			return { texts: messages.map((one: Json) => one.content), ...counters };
		};
		const found = await search(alice, `q=${word}&limit=2`);
		expect(found).toMatchObject({ total: 6, per_page: 2, has_next: true, has_prev: false });
		expect(found.texts).toEqual([`${word} 4 离线聊天室`, `${word} in private`]);
		expect((await search(alice, `q=${word}&limit=2&skip=4`)).texts).toHaveLength(2);
		expect((await search(alice, `q=${word}&skip=6`)).texts).toEqual([]);
		const inRoom = await search(alice, `q=${encodeURIComponent('线聊 4')}&room_id=${room.id}`);
		expect(inRoom.texts).toEqual([`${word} 4 离线聊天室`]);
		// Bob is in neither: he may read in the public one, and only when he names it.
		expect((await search(bob, `q=${word}`)).total).toBe(0);
		expect((await search(bob, `q=${word}&room_id=${room.id}`)).total).toBe(5);
		isNo(await as(bob, `/api/search?q=${word}&room_id=${closed.id}`), 403);
		isNo(await as(alice, '/api/search?q=%20'), 400);
		isNo(await as(alice, '/api/search'), 400);
		isNo(await as(alice, '/api/search?q=x&room_id=999999'), 404);
		isNo(await as(alice, '/api/search?q=x&limit=some'), 422);
	});

	it('of a conversation of two are found with whom they were sent to', async () => {
		const person = await register(server, unique('writer'));
		const word = unique('secret');
		const { card } = (await person.sync('find', { name: alice.name })).body as Found;
		const room = directId(person.id, card!.id);
		const act = { kind: 'direct.open', id: newId(), at: 1, room, person: card!.id };
		await person.sync('acts', { acts: [act, post(room, word)] });
		const { messages } = await searchAll(alice, `q=${word}`);
		expect(messages).toMatchObject([{ content: word, room_id: null, receiver_id: alice.id }]);
		expect((await searchAll(bob, `q=${word}`)).total).toBe(0);
	});
});
