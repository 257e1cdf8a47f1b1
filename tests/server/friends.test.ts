/** Friends and accounts over the real doors: presence, blocks, passwords, the end of an account. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import sharp from 'sharp';
import { directId } from '../../src/lib/protocol/ids.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { startServer, type TestServer } from '../support/server.ts';
import {
	ask,
	cookieOf,
	newId,
	PASSWORD,
	register,
	type Person,
	type TestLink
} from '../support/person.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startServer();
});
afterAll(() => server.stop());

async function act(link: TestLink, draft: ActDraft) {
	const { results } = await link.request('acts', {
		acts: [{ id: newId(), at: Date.now(), ...draft } as never]
	});
	return results[0]!;
}
let names = 0;
const somebody = () => register(server, `person_${names++}`);

async function befriend(a: Person, b: Person) {
	const [first, second] = [await a.link(), await b.link()];
	await act(first, { kind: 'friend.ask', person: b.id });
	await act(second, { kind: 'friend.accept', person: a.id });
	return [first, second] as const;
}

describe('presence of friends', () => {
	test('is told to who shows the list: coming, going, and when last seen', async () => {
		const [ann, bob] = [await somebody(), await somebody()];
		const [viewer, other] = await befriend(ann, bob);
		viewer.socket.emit('watch', { room: null, friends: true });
		const notes = () => viewer.presence.filter(({ room }) => room === ann.id);
		await viewer.until(() => notes().some(({ full, on }) => full && on.includes(bob.id)));
		const left = Date.now();
		other.close();
		await viewer.until(() => notes().some(({ off }) => off.includes(bob.id)), 4_000);
		const gone = notes().find(({ off }) => off.includes(bob.id))!;
		expect(gone.seen![bob.id]).toBeGreaterThanOrEqual(left);
		// Whoever opens the list only now is told the same.
		const later = await ann.link();
		later.socket.emit('watch', { room: null, friends: true });
		await later.until(() => later.presence.some(({ seen }) => (seen?.[bob.id] ?? 0) >= left));
		const back = await bob.link();
		await viewer.until(() => notes().some(({ full, on }) => !full && on.includes(bob.id)));
		for (const link of [viewer, later, back]) link.close();
	});

	test('is hidden by a block at once, in both directions, in a shared room, too', async () => {
		const [ann, bob] = [await somebody(), await somebody()];
		const [a, b] = await befriend(ann, bob);
		const room = directId(ann.id, bob.id);
		await act(a, { kind: 'direct.open', room, person: bob.id });
		for (const link of [a, b]) link.socket.emit('watch', { room, friends: true });
		const sees = (link: TestLink, person: string, where: string) => {
			const last = link.presence.findLast((note) => note.room === where && note.full);
			return last?.on.includes(person) ?? false;
		};
		await a.until(() => sees(a, bob.id, room) && sees(a, bob.id, ann.id));
		await b.until(() => sees(b, ann.id, room) && sees(b, ann.id, bob.id));
		const started = Date.now();
		await act(b, { kind: 'person.block', person: ann.id });
		await a.until(() => !sees(a, bob.id, room) && !sees(a, bob.id, ann.id));
		await b.until(() => !sees(b, ann.id, room) && !sees(b, ann.id, bob.id));
		expect(Date.now() - started).toBeLessThan(5_000);
		const before = a.typing.length;
		b.socket.emit('typing', { room, on: true });
		// A later question is answered after it: by then it would have been told.
		await b.request('heads', {});
		await a.request('heads', {});
		expect(a.typing.slice(before).filter(({ people }) => people.includes(bob.id))).toEqual([]);
		const result = await act(a, { kind: 'message.post', room, body: 'hello?' });
		expect(result).toMatchObject({ status: 'refused', refusal: { code: 'person_unavailable' } });
		for (const link of [a, b]) link.close();
	});
});

describe('the account', () => {
	test('another password ends the others and keeps the one that asked', async () => {
		const ann = await somebody();
		const signIn = async (password: string) =>
			ask(server, '/api/account/sign-in', {
				body: { name: ann.name, password, remember: true }
			});
		const elsewhere = cookieOf(await signIn(PASSWORD));
		const link = await ann.link({ cookie: elsewhere });
		const change = (current: string, password: string) =>
			ann.ask('/api/account/password', { body: { current, password, endOthers: true } });
		const wrong = await change('not it at all', 'another good one');
		expect([wrong.status, wrong.refused?.code]).toEqual([400, 'current_password_wrong']);
		const weak = await change(PASSWORD, 'password');
		expect(weak.refused?.code).toBe('password_common');
		expect((await change(PASSWORD, 'another good one')).status).toBe(200);
		await link.closed;
		expect(link.disconnectReasons[0]?.refused.code).toBe('session_ended');
		expect((await ann.ask('/api/account')).status).toBe(200);
		expect((await signIn(PASSWORD)).status).toBe(401);
		expect((await signIn('another good one')).status).toBe(200);
	});

	test('another user name keeps the session (ABUSE-1)', async () => {
		const ann = await somebody();
		const link = await ann.link();
		await act(link, { kind: 'profile.edit', name: 'renamed_person' });
		const { body } = await ann.ask('/api/account');
		expect(body).toMatchObject({ person: { id: ann.id, name: 'renamed_person' } });
		expect((await link.request('heads', {})).person.name).toBe('renamed_person');
		link.close();
	});

	test('ended: sessions, sockets and sign-in are gone', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const wrong = await ann.ask('/api/account/delete', { body: { password: 'wrong one' } });
		expect(wrong.refused?.code).toBe('current_password_wrong');
		expect((await ann.ask('/api/account/delete', { body: { password: PASSWORD } })).status).toBe(
			200
		);
		await link.closed;
		const again = await ask(server, '/api/account/sign-in', {
			body: { name: ann.name, password: PASSWORD, remember: false }
		});
		expect(again.status).toBe(401);
		expect((await ann.sync('heads', {})).status).toBe(401);
	});

	test('a profile picture comes back square, small, and without what the camera wrote', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const photo = await sharp({
			create: { width: 900, height: 600, channels: 3, background: '#336699' }
		})
			.withExif({ IFD0: { Copyright: 'secret place' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
			.jpeg()
			.toBuffer();
		const image = photo.toString('base64');
		const result = await act(link, { kind: 'profile.avatar', image });
		expect(result.status).toBe('accepted');
		const { body } = await ann.ask('/api/account');
		const path = (body as { person: { avatar: string } }).person.avatar;
		const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
		expect(answer.headers.get('content-type')).toBe('image/webp');
		expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
		const bytes = Buffer.from(await answer.arrayBuffer());
		const { width, height, exif } = await sharp(bytes).metadata();
		expect([width, height, exif]).toEqual([256, 256, undefined]);
		const bad = await act(link, { kind: 'profile.avatar', image: 'bm90IGEgcGljdHVyZQ==' });
		expect(bad).toMatchObject({ status: 'refused', refusal: { code: 'picture_invalid' } });
		link.close();
	});
});

describe('limits', () => {
	test('looking people up by name: 30 a minute, exact names only, public fields only (HTTP-11)', async () => {
		const limited = await startServer({ RATE_LIMITS: 'on' });
		try {
			const [ann, bob] = [await register(limited, 'ann_h11'), await register(limited, 'bob_h11')];
			const link = await ann.link();
			const { card } = await link.request('find', { name: 'BOB_H11' });
			expect(card).toEqual({ id: bob.id, number: expect.any(Number), name: 'bob_h11', v: 1 });
			expect(await link.request('find', { name: 'bob' })).toEqual({ card: null });
			const answers = [];
			for (let i = 0; i < 40; i++) answers.push(await link.emit('find', { name: `nobody_${i}` }));
			const refused = answers.filter((answer) => JSON.stringify(answer).includes('too_many'));
			expect(refused.length).toBe(12);
			link.close();
		} finally {
			await limited.stop();
		}
	});

	test('a room password is tried at most 60 times from one address, by however many people (HTTP-13)', async () => {
		const limited = await startServer({ RATE_LIMITS: 'on' });
		try {
			const owner = await register(limited, 'owner_h13');
			const link = await owner.link();
			const room = newId();
			await act(link, {
				kind: 'room.create',
				room,
				name: 'Vault',
				description: '',
				password: 'the right one'
			});
			const codes: string[] = [];
			for (let n = 0; n < 7; n++) {
				const thief = await (await register(limited, `thief_${n}`)).link();
				for (let tries = 0; tries < 10; tries++) {
					const result = await act(thief, { kind: 'room.join', room, password: `guess ${tries}` });
					codes.push(result.status === 'accepted' ? 'accepted' : result.refusal.code);
				}
				thief.close();
			}
			expect(codes.filter((code) => code === 'room_password_wrong').length).toBe(60);
			expect(codes.slice(60)).toEqual(Array.from({ length: 10 }, () => 'too_many'));
			// Also whoever knows it has to wait: nothing tells from outside that this guess was right.
			const late = await (await register(limited, 'late_h13')).link();
			const result = await act(late, { kind: 'room.join', room, password: 'the right one' });
			expect(result).toMatchObject({ status: 'later', refusal: { code: 'too_many' } });
			for (const one of [late, link]) one.close();
		} finally {
			await limited.stop();
		}
	});
});
