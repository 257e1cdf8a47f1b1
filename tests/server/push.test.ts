/** Notifications: who is told what, how often, and what push services may do to us (PUSH-1, PUSH-2, PUSH-4, PUSH-7, PUSH-8). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import webPush from 'web-push';
import { createSigner } from '../../server/push/vapid.ts';
import { isEndpoint, isPublic, publicLookup } from '../../server/push/push-endpoint.ts';
import { isQuietAt, PREF_HIDE_PREVIEW } from '../../src/lib/notify/rules.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { startServer, type TestServer } from '../support/server.ts';
import {
	startPushService,
	subscriber,
	type PushService,
	type Subscriber
} from '../support/push-service.ts';
import { newId, post, register, type Person, type TestLink } from '../support/person.ts';

let service: PushService;
let server: TestServer;
beforeAll(async () => {
	service = await startPushService();
	server = await startServer({ PUSH_HOSTS: service.host });
});
afterAll(async () => {
	await server.stop();
	await service.stop();
});

let names = 0;
const somebody = () => register(server, `rung_${names++}`);

async function subscribe(who: Person, path = `/push/${who.name}`): Promise<Subscriber> {
	const browser = subscriber();
	const endpoint = `http://${service.host}${path}`;
	const body = { endpoint, keys: browser.keys };
	const answer = await who.ask('/api/push/subscription', { method: 'PUT', body });
	if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
	return browser;
}

async function act(link: TestLink, draft: ActDraft) {
	const { results } = await link.request('acts', {
		acts: [{ id: newId(), at: Date.now(), ...draft } as never]
	});
	return results[0]!;
}

/** Ann is connected; Bob has a browser with no page open. */
async function pair(isPrivate = true) {
	const [ann, bob] = [await somebody(), await somebody()];
	const link = await ann.link();
	const room = newId();
	const password = isPrivate ? { password: 'p' } : {};
	await act(link, {
		kind: 'room.create',
		room,
		name: `Room ${room}`,
		description: '',
		...password
	});
	await bob.sync('acts', {
		acts: [{ id: newId(), at: 1, kind: 'room.join', room, ...password }]
	});
	const browser = await subscribe(bob);
	const bobs = () => service.received.filter(({ path }) => path === `/push/${bob.name}`);
	const notes = () => bobs().map(({ body }) => browser.open(body));
	return { ann, bob, link, room, browser, bobs, notes };
}

const say = (link: TestLink, room: string, body: string) =>
	link.request('acts', { acts: [post(room, body)] });
const until = (is: () => boolean) => expect.poll(is, { timeout: 20_000 }).toBe(true);

describe('somebody with no page open', () => {
	test('is told, encrypted and signed, with what a connected device would have got', async () => {
		const { link, room, bobs, notes, ann } = await pair();
		await say(link, room, 'are you there?');
		await until(() => bobs().length === 1);
		const [{ headers, body }] = bobs() as [ReturnType<typeof bobs>[0]];
		expect(body.toString('latin1')).not.toContain('are you there');
		expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'normal' });
		expect(headers.authorization).toMatch(/^vapid t=[\w-]+\.[\w-]+\.[\w-]+, ?k=[\w-]+$/);
		expect(headers.topic).toMatch(/^[\w-]{32}$/);
		const [note] = notes();
		expect(note).toMatchObject({ room, author: ann.name, text: 'are you there?', badge: 1 });
		expect(note?.frame?.rows[0]).toMatchObject({ kind: 'message', body: 'are you there?' });
		link.close();
	});

	test('is told once in ten seconds of one conversation, however much is said (PUSH-8)', async () => {
		const { link, room, bobs, notes } = await pair();
		for (let n = 0; n < 30; n++) await say(link, room, `word ${n}`);
		await until(() => bobs().length === 2);
		const [first, second] = notes();
		expect([first?.text, first?.count]).toEqual(['word 0', 1]);
		expect([second?.text, second?.count, second?.badge]).toEqual(['word 29', 29, 30]);
		link.close();
	}, 30_000);

	test('is told of public rooms only what is meant for them, unless they choose otherwise', async () => {
		const { ann, bob, link, room, notes } = await pair(false);
		await say(link, room, 'to everybody');
		await say(link, room, `to @${bob.name}`);
		await until(() => notes().length === 1);
		expect(notes()[0]?.text).toBe(`to @${bob.name}`);
		const choose = (key: string, value: unknown) =>
			bob.sync('acts', {
				acts: [{ id: newId(), at: 1, kind: 'pref.set', key, value: JSON.stringify(value) }]
			});
		const other = newId();
		const make = {
			kind: 'room.create',
			room: other,
			name: `Other ${other}`,
			description: ''
		} as const;
		await act(link, make);
		await bob.sync('acts', { acts: [{ id: newId(), at: 1, kind: 'room.join', room: other }] });
		await choose('keywords', ['生日', 'launch']);
		await say(link, other, 'nothing of interest');
		await say(link, other, '今天是小明的生日');
		await until(() => notes().length === 2);
		expect(notes()[1]?.text).toBe('今天是小明的生日');
		const third = newId();
		await act(link, { ...make, room: third, name: `Third ${third}` });
		await bob.sync('acts', { acts: [{ id: newId(), at: 1, kind: 'room.join', room: third }] });
		await choose(`level:${third}`, 'none');
		await say(link, third, `@${bob.name} launch!`);
		// A later message of another room comes through: what was said before it would have, too.
		const fourth = newId();
		await act(link, { ...make, room: fourth, name: `Fourth ${fourth}` });
		await bob.sync('acts', { acts: [{ id: newId(), at: 1, kind: 'room.join', room: fourth }] });
		await say(link, fourth, 'launch');
		await until(() => notes().length === 3);
		expect(notes()[2]?.room).toBe(fourth);
		expect(ann.id).not.toBe(bob.id);
		link.close();
	});

	test('hears nothing across a block, of rooms they left, or with a page open', async () => {
		const { ann, bob, link, room, bobs } = await pair();
		const page = await bob.link();
		await page.request('heads', {});
		await say(link, room, 'you see this');
		await page.until(() => page.frames.length > 0);
		page.close();
		await page.closed;
		await bob.sync('acts', {
			acts: [{ id: newId(), at: 1, kind: 'person.block', person: ann.id }]
		});
		await say(link, room, 'you blocked me');
		await bob.sync('acts', {
			acts: [{ id: newId(), at: 1, kind: 'person.unblock', person: ann.id }]
		});
		await act(link, { kind: 'member.remove', room, person: bob.id });
		await say(link, room, 'you are out');
		const other = await pair();
		await say(other.link, other.room, 'somebody else is told');
		await until(() => other.bobs().length === 1);
		expect(bobs()).toEqual([]);
		for (const one of [link, other.link]) one.close();
	});

	test('promise 8: has what they were told corrected when it is changed or taken back, until they read it', async () => {
		const { bob, link, room, notes } = await pair();
		const first = post(room, 'a secret by mistake');
		await link.request('acts', { acts: [first] });
		await until(() => notes().length === 1);
		expect(notes()[0]).toMatchObject({ to: bob.id, rev: notes()[0]!.seq });
		await act(link, { kind: 'message.edit', room, message: first.id, body: 'nothing at all' });
		await until(() => notes().length === 2);
		const { seq } = notes()[0]!;
		expect(notes()[1]).toMatchObject({
			to: bob.id,
			room,
			seq,
			changed: true,
			text: '',
			author: ''
		});
		// A reaction later than that changes no words.
		await act(link, { kind: 'message.react', room, message: first.id, emoji: '👍', on: true });
		await act(link, { kind: 'message.recall', room, message: first.id });
		await until(() => notes().length >= 3);
		expect(JSON.stringify(notes().slice(1))).not.toMatch(/secret|nothing at all/u);

		const second = post(room, 'read elsewhere');
		await link.request('acts', { acts: [second] });
		await until(() => notes().at(-1)?.text === 'read elsewhere');
		const told = notes().length;
		await bob.sync('acts', {
			acts: [{ id: newId(), at: 1, kind: 'read.mark', room, upto: notes().at(-1)!.seq }]
		});
		await act(link, { kind: 'message.recall', room, message: second.id });
		await say(link, room, 'one more');
		await until(() => notes().at(-1)?.text === 'one more');
		expect(notes().length).toBe(told + 1);
		link.close();
	}, 60_000);

	test('promise 11: whoever is removed is told that what their device shows is theirs no longer', async () => {
		const { bob, link, room, notes } = await pair();
		await say(link, room, 'for members only');
		await until(() => notes().length === 1);
		await act(link, { kind: 'member.remove', room, person: bob.id });
		await until(() => notes().length === 2);
		expect(notes()[1]).toMatchObject({ to: bob.id, room, changed: true, text: '', title: '' });
		link.close();
	});

	test('may keep every word out of pushes, and is told all the same (PUSH-7)', async () => {
		const { bob, link, room, bobs, notes, ann } = await pair();
		const choose = (value: string) =>
			bob.sync('acts', {
				acts: [{ id: newId(), at: 1, kind: 'pref.set', key: PREF_HIDE_PREVIEW, value }]
			});
		await choose('true');
		await say(link, room, 'for your eyes only');
		await until(() => bobs().length === 1);
		const [note] = notes();
		expect(note).toMatchObject({ room, author: ann.name, text: '', count: 1, badge: 1 });
		expect(JSON.stringify(note)).not.toContain('for your eyes');
		expect(note).not.toHaveProperty('frame');
		// What waits is told as the person wishes by then, not as they did when it was said.
		await say(link, room, 'and this one again');
		await choose('');
		await until(() => bobs().length === 2);
		expect(notes()[1]).toMatchObject({ text: 'and this one again' });
		link.close();
	}, 30_000);

	test('a service is signed in to once, not for each push', async () => {
		const [one, two] = [await pair(), await pair()];
		for (const { link, room } of [one, two]) await say(link, room, 'hello');
		await until(() => one.bobs().length === 1 && two.bobs().length === 1);
		const [first, second] = [one, two].map(({ bobs }) => bobs()[0]!.headers.authorization);
		expect(first).toMatch(/^vapid t=/);
		expect(second).toBe(first);
		for (const { link } of [one, two]) link.close();
	});

	test('can try whether it works, and nobody else can for them', async () => {
		const bob = await somebody();
		const browser = await subscribe(bob);
		const state = await bob.ask('/api/push');
		expect(state.body).toEqual({ key: expect.stringMatching(/^[\w-]{87}$/), subscribed: true });
		const tried = await bob.ask('/api/push/test', { method: 'POST', body: {} });
		expect(tried.body).toEqual({ delivered: 1 });
		const last = service.received.findLast(({ path }) => path === `/push/${bob.name}`)!;
		expect(browser.open(last.body)).toMatchObject({ test: true });
		await bob.ask('/api/push/subscription', { method: 'DELETE' });
		expect((await bob.ask('/api/push')).body).toMatchObject({ subscribed: false });
	});
});

describe('what a push service answers (PUSH-4)', () => {
	test('410 and 404: the subscription is forgotten; 429: it waits as long as it is told', async () => {
		for (const status of [410, 404]) {
			const { bob, link, room, bobs } = await pair();
			service.answer({ status });
			await say(link, room, 'gone');
			await until(() => bobs().length === 1);
			await expect
				.poll(async () => (await bob.ask('/api/push')).body, { timeout: 10_000 })
				.toMatchObject({ subscribed: false });
			link.close();
		}
		const { link, room, bobs } = await pair();
		const other = newId();
		service.answer({ status: 429, headers: { 'retry-after': '3600' } });
		await say(link, room, 'too many');
		await until(() => bobs().length === 1);
		expect(other).toBeTruthy();
		const next = await pair();
		await say(next.link, next.room, 'another is told');
		await until(() => next.bobs().length === 1);
		expect(bobs().length).toBe(1);
		for (const one of [link, next.link]) one.close();
	});

	test('413: the push is made smaller; a redirect is not followed', async () => {
		const { link, room, bobs, notes } = await pair();
		service.answer({ status: 413 });
		await say(link, room, 'long '.repeat(700));
		await until(() => bobs().length === 2);
		const [first, second] = notes();
		expect(first?.frame).toBeUndefined();
		expect([second?.text, second?.room]).toEqual(['', room]);
		link.close();
		const moved = await pair();
		service.answer({ status: 302, headers: { location: `http://${service.host}/elsewhere` } });
		await say(moved.link, moved.room, 'where?');
		await until(() => moved.bobs().length === 1);
		const last = await pair();
		await say(last.link, last.room, 'later');
		await until(() => last.bobs().length === 1);
		expect(service.received.some(({ path }) => path === '/elsewhere')).toBe(false);
		for (const one of [moved.link, last.link]) one.close();
	});
});

describe('a signature', () => {
	test('is good for one service, used again for hours, then made anew', () => {
		let now = Date.UTC(2026, 0, 1);
		const keys = webPush.generateVAPIDKeys();
		const sign = createSigner(keys, 'mailto:a@example.org', () => now);
		const first = sign('https://fcm.googleapis.com/fcm/send/a');
		expect(sign('https://fcm.googleapis.com/fcm/send/b')).toBe(first);
		const claims = (header: string) =>
			JSON.parse(Buffer.from(header.split('.')[1]!, 'base64url').toString()) as object;
		expect(claims(first)).toMatchObject({ aud: 'https://fcm.googleapis.com' });
		expect(claims(sign('https://web.push.apple.com/a'))).toMatchObject({
			aud: 'https://web.push.apple.com'
		});
		now += 6 * 3_600_000 - 1;
		expect(sign('https://fcm.googleapis.com/c')).toBe(first);
		now += 1;
		expect(sign('https://fcm.googleapis.com/c')).not.toBe(first);
	});
});

describe('endpoints are made up by strangers (PUSH-1, PUSH-2)', () => {
	test.each([
		'http://fcm.googleapis.com/x',
		'https://localhost/x',
		'https://169.254.169.254/latest/meta-data',
		'https://[::ffff:10.0.0.1]/',
		'https://[64:ff9b::7f00:1]/',
		'https://2130706433/',
		'https://fcm.googleapis.com@evil.example/',
		'https://fcm.googleapis.com:8443/x',
		'https://fcm.googleapis.com.evil/',
		'https://evilpush.apple.com.example/',
		'javascript:alert(1)',
		'not an address'
	])('%s is refused', async (endpoint) => {
		expect(isEndpoint(endpoint, [])).toBe(false);
		const bob = await somebody();
		const { keys } = subscriber();
		const answer = await bob.ask('/api/push/subscription', {
			method: 'PUT',
			body: { endpoint, keys }
		});
		expect(answer.status).toBe(400);
	});

	test.each([
		['too short a point', Buffer.alloc(60, 4), 16],
		['a point off the curve', Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]), 16],
		['too short a secret', null, 15],
		['too long a secret', null, 20]
	])(
		'keys that nothing can be encrypted for are refused: %s (PUSH-3)',
		async (_what, point, length) => {
			const bob = await somebody();
			const { keys } = subscriber();
			const wrong = {
				p256dh: point ? point.toString('base64url') : keys.p256dh,
				auth: Buffer.alloc(length, 1).toString('base64url')
			};
			const answer = await bob.ask('/api/push/subscription', {
				method: 'PUT',
				body: { endpoint: 'https://fcm.googleapis.com/fcm/send/abc', keys: wrong }
			});
			expect(answer.status).toBe(400);
		}
	);

	test('those of browsers are taken', () => {
		for (const endpoint of [
			'https://fcm.googleapis.com/fcm/send/abc',
			'https://updates.push.services.mozilla.com/wpush/v2/abc',
			'https://wns2-par02p.notify.windows.com/w/?token=abc',
			'https://web.push.apple.com/abc'
		]) {
			expect(isEndpoint(endpoint, [])).toBe(true);
		}
	});

	test('what a name leads to is checked where it is connected to', async () => {
		for (const address of ['8.8.8.8', '2606:4700::1111']) expect(isPublic(address)).toBe(true);
		for (const address of [
			...['127.0.0.1', '10.1.2.3', '192.168.0.1', '172.20.0.1', '100.64.0.1', '0.0.0.0'],
			...['::1', '::ffff:127.0.0.1', 'fe80::1', 'fd00::1', '64:ff9b::7f00:1', 'no address']
		]) {
			expect(`${address} ${isPublic(address)}`).toBe(`${address} false`);
		}
		const fault = await new Promise<NodeJS.ErrnoException | null>((resolve) =>
			publicLookup('localhost', {}, (error) => resolve(error))
		);
		expect(fault?.code).toBe('EPRIVATE');
	});
});

test("quiet hours are those of the person, over midnight and in the person's zone", () => {
	const night = JSON.stringify({ from: '22:00', to: '07:00', zone: 'Asia/Shanghai' });
	const at = (utc: string) => isQuietAt(night, Date.parse(utc));
	expect(at('2026-01-31T13:59:00Z')).toBe(false);
	expect(at('2026-01-31T14:00:00Z')).toBe(true);
	expect(at('2026-01-31T22:59:00Z')).toBe(true);
	expect(at('2026-01-31T23:00:00Z')).toBe(false);
	for (const wrong of ['', '{}', 'null', '"x"', '{"from":"25:00","to":"1:00","zone":"x"}']) {
		expect(isQuietAt(wrong, Date.now())).toBe(false);
	}
});
