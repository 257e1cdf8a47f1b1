import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PERSON_HEADER } from '../../src/lib/protocol/http.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import {
	ask,
	generalOf,
	newId,
	openLink,
	post,
	register,
	type Person,
	type TestLink
} from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let alice: Person;
let bob: Person;
const open: TestLink[] = [];
const link = async (person: Person, options = {}) => {
	const made = await person.link(options);
	open.push(made);
	return made;
};
beforeAll(async () => {
	server = await startServer();
	alice = await register(server, 'alice');
	bob = await register(server, 'bob');
});
afterAll(async () => {
	for (const one of open) one.close();
	await server.stop();
});

const engine = (query: string, init?: RequestInit) =>
	fetch(`http://127.0.0.1:${server.port}/socket.io/?${query}`, init);

/** Asks for a WebSocket: answers the open line, or the status of the refusal. */
function upgrade(query: string): Promise<Socket | number> {
	const asked = request({
		port: server.port,
		path: `/socket.io/?EIO=4&transport=websocket${query}`,
		headers: {
			connection: 'Upgrade',
			upgrade: 'websocket',
			origin: server.origin,
			'sec-websocket-version': '13',
			'sec-websocket-key': Buffer.alloc(16).toString('base64')
		}
	}).end();
	return new Promise((resolve, reject) => {
		asked.on('upgrade', (_response, socket: Socket) => resolve(socket));
		asked.on('response', (response) => resolve(response.statusCode ?? 0));
		asked.on('error', reject);
	});
}

describe('the handshake', () => {
	it.each([
		['foreign', 'https://evil.example'],
		['null', 'null'],
		['missing', undefined],
		['of a sub-domain', 'http://a.127.0.0.1'],
		['of another letter case', 'HTTP://127.0.0.1']
	])('is refused when Origin is %s (SOCKET-1)', async (_what, origin) => {
		const attempt = openLink(server, {
			cookie: alice.cookie,
			...(origin === undefined ? {} : { origin })
		});
		await expect(attempt).rejects.toMatchObject({ refused: { code: 'origin_refused' } });
	});

	it('is refused over polling, where a cookie proves nothing (SOCKET-2)', async () => {
		const attempt = alice.link({ transports: ['polling', 'websocket'] });
		await expect(attempt).rejects.toMatchObject({ refused: { code: 'origin_refused' } });
	});

	it('knows no script-tag polling, no old protocol, and no second use of an id (SOCKET-2)', async () => {
		expect((await engine('EIO=4&transport=polling&j=0')).status).toBe(400);
		expect((await engine('EIO=3&transport=polling')).status).toBe(400);
		const live = await link(alice);
		const sid = live.socket.io.engine.id;
		expect((await engine(`EIO=4&transport=polling&sid=${sid}`)).status).toBe(400);
		expect(await upgrade(`&sid=${sid}`)).toBe(400);
		await expect(live.request('heads', {})).resolves.toBeDefined();
	});

	it('answers the bare engine handshake, and lets nobody into the default namespace', async () => {
		const hello = await (await engine('EIO=4&transport=polling')).text();
		const { sid } = JSON.parse(hello.slice(1)) as { sid: string };
		const query = `EIO=4&transport=polling&sid=${sid}`;
		await engine(query, { method: 'POST', body: '40' });
		expect(await (await engine(query)).text()).toContain('44{"message":"unauthorized"}');
	});

	it.each([0, 99, -1, 1.5])('tells version %s to update (promise 15)', async (version) => {
		await expect(alice.link({ version })).rejects.toMatchObject({
			refused: { code: 'update_required', action: 'update' }
		});
	});

	it('asks for a live session and a device', async () => {
		for (const cookie of ['', 'roost=invented', 'roost=']) {
			await expect(alice.link({ cookie })).rejects.toMatchObject({
				refused: { code: 'session_ended', action: 'sign-in' }
			});
		}
		await expect(alice.link({ device: 'x' })).rejects.toMatchObject({
			refused: { code: 'malformed' }
		});
	});

	it('cuts who connects and never says who it is (SOCKET-11)', async () => {
		const silent = await upgrade('');
		if (typeof silent === 'number') throw new Error(`refused with ${silent}`);
		const start = performance.now();
		silent.resume();
		await once(silent, 'close');
		expect(performance.now() - start).toBeLessThan(12_000);
	});

	it('lets one person in twenty times and no more (SOCKET-5)', async () => {
		const crowd = await register(server, 'crowd');
		const links = await Promise.all(Array.from({ length: 20 }, () => link(crowd)));
		await expect(crowd.link()).rejects.toMatchObject({ refused: { code: 'too_many' } });
		links[0]!.close();
		const free = async (): Promise<TestLink> => crowd.link().catch(free);
		(await free()).close();
		for (const one of links) one.close();
	});
});

describe('what is sent', () => {
	it.each([
		['nothing', undefined],
		['null', null],
		['a number', 7],
		['text', 'x'],
		['an array', [1, 2]],
		['binary', Buffer.from('x')],
		['a prototype key', JSON.parse('{"__proto__":{"acts":[]}}')],
		['a deep object', JSON.parse('{"a":'.repeat(2_000) + '1' + '}'.repeat(2_000))]
	])('is refused when it is %s, and the socket lives', async (_what, said) => {
		const live = await link(alice);
		for (const name of ['acts', 'pull', 'history', 'refresh']) {
			expect(await live.emit(name, said)).toMatchObject({ refused: { code: 'malformed' } });
		}
		live.socket.emit('watch', said);
		live.socket.emit('typing', said);
		live.socket.emit('acts', said);
		live.socket.emit('nonsense', said);
		await expect(live.request('heads', {})).resolves.toBeDefined();
		live.close();
	});

	it('ends the connection when it is too large or no packet at all (SOCKET-3)', async () => {
		const large = await link(alice);
		large.socket.emit('acts', { acts: ['x'.repeat(LIMITS.eventBytes)] });
		await large.closed;
		for (const packet of [
			'42/app,51-["x"',
			'4999',
			'452-/app,["acts",{"_placeholder":true}]',
			'zz'
		]) {
			const live = await link(alice);
			const wire = live.socket.io.engine.transport as unknown as {
				ws: { send(data: string): void };
			};
			wire.ws.send(packet);
			wire.ws.send('42/app,["heads",{}]');
			await live.closed;
		}
		expect((await ask(server, '/api/health')).status).toBe(200);
	});

	it('is answered with "too many" and then cut when it floods (SOCKET-5)', async () => {
		const limited = await startServer({ RATE_LIMITS: 'on' });
		try {
			const flooder = await register(limited, 'flooder');
			const live = await flooder.link();
			const answers: unknown[] = [];
			for (let i = 0; i < 2_000; i++) {
				live.socket.emit('heads', {}, (answer: unknown) => answers.push(answer));
			}
			await live.closed;
			expect(JSON.stringify(answers)).toContain('"too_many"');
			expect((await ask(limited, '/api/health')).status).toBe(200);
		} finally {
			await limited.stop();
		}
	});

	it('reaches the others, in order and once, before the sender hears of it', async () => {
		const from = await link(alice);
		const to = await link(bob);
		const room = await generalOf(from);
		await to.request('heads', {});
		const acts = Array.from({ length: 20 }, (_, i) => post(room, `message ${i}`));
		const { results } = await from.request('acts', { acts });
		expect(results.map((one) => one.status)).toEqual(acts.map(() => 'accepted'));
		const seen = () =>
			to.frames.flatMap((frame) => frame.rows).filter((row) => row.kind === 'message');
		await to.until(() => seen().length >= acts.length);
		expect(seen().map((row) => row.id)).toEqual(acts.map((act) => act.id));
	});

	it('comes to nobody who is not in the room (promise 11)', async () => {
		const owner = await link(alice);
		const outsider = await link(bob);
		const room = newId();
		const create = {
			kind: 'room.create',
			id: newId(),
			at: 1,
			room,
			name: 'Quiet',
			description: ''
		} as const;
		await owner.request('acts', { acts: [{ ...create, password: 'let me in' }] });
		await owner.request('acts', { acts: [post(room, 'secret')] });
		outsider.socket.emit('watch', { room });
		const [gone] = (await outsider.request('pull', { streams: [{ id: room, cursor: null }] }))
			.pages;
		expect(gone).toMatchObject({ type: 'gone' });
		expect(outsider.frames.filter((frame) => frame.stream === room)).toEqual([]);
		expect(outsider.presence.filter((note) => note.room === room)).toEqual([]);
	});

	it('begins for a room on screen once its maker or joiner is in it', async () => {
		const maker = await link(alice);
		const room = newId();
		maker.socket.emit('watch', { room });
		const create = {
			kind: 'room.create',
			id: newId(),
			at: 1,
			room,
			name: 'On screen',
			description: ''
		} as const;
		await maker.request('acts', { acts: [create] });
		await maker.until(() =>
			maker.presence.some((note) => note.room === room && note.on.includes(alice.id))
		);
	});

	it('stops for somebody who leaves, at once (promise 11)', async () => {
		const from = await link(alice);
		const leaver = await link(await register(server, 'goer'));
		const room = await generalOf(from);
		await leaver.request('heads', {});
		leaver.socket.emit('watch', { room });
		await leaver.until(() => leaver.presence.length > 0);
		const leave = { kind: 'room.leave', id: newId(), at: 1, room } as const;
		const answer = await leaver.request('acts', { acts: [leave] });
		expect(answer.results[0]!.status).toBe('accepted');
		const before = leaver.frames.length;
		await from.request('acts', { acts: [post(room, 'after')] });
		from.socket.emit('typing', { room, on: true });
		await leaver.request('heads', {});
		const late = leaver.frames.slice(before).filter((frame) => frame.stream === room);
		expect([late, leaver.typing]).toEqual([[], []]);
	});
});

describe('somebody who stops reading', () => {
	it('is cut before much is kept for them, and misses nothing afterwards (SOCKET-13, promise 17)', async () => {
		const from = await link(alice);
		const sleeper = await register(server, 'sleeper');
		const asleep = await link(sleeper);
		const room = await generalOf(asleep);
		const wire = asleep.socket.io.engine.transport as unknown as {
			ws: { _socket: { pause(): void } };
		};
		wire.ws._socket.pause();
		const isCut = () => server.lines.some((line) => line.includes('does not read'));
		let last = '';
		while (!isCut()) {
			const acts = Array.from({ length: 50 }, () => post(room, 'x'.repeat(4_000)));
			const { results } = await from.request('acts', { acts });
			expect(results.every((result) => result.status === 'accepted')).toBe(true);
			last = acts.at(-1)!.id;
		}
		const awake = await link(sleeper);
		const { pages } = await awake.request('pull', { streams: [{ id: room, cursor: null }] });
		const page = pages[0]!;
		if (page.type !== 'skipToNewest' && page.type !== 'page') throw new Error(page.type);
		expect(page.rows.map((row) => row.id)).toContain(last);
	});
});

describe('a socket that another account opens', () => {
	it('is refused when the cookie is not whose device it is (promise 14)', async () => {
		const meant = (person: string) =>
			openLink(server, { origin: server.origin, cookie: alice.cookie, person });
		await expect(meant(bob.id)).rejects.toMatchObject({ refused: { code: 'session_ended' } });
		(await meant(alice.id)).close();
		const answer = await alice.sync('heads', {}, { [PERSON_HEADER]: bob.id });
		expect([answer.status, answer.refused?.code]).toEqual([401, 'session_ended']);
	});
});

describe('presence', () => {
	it('says who is online in the room on screen, and within 3 s who is not (promise of a lease)', async () => {
		const watcher = await link(alice);
		const room = await generalOf(watcher);
		watcher.socket.emit('watch', { room });
		await watcher.until(() => watcher.presence.length > 0);
		expect(watcher.presence[0]).toMatchObject({ room, full: true, off: [] });
		expect(watcher.presence[0]!.on).toContain(alice.id);

		const carol = await register(server, 'carol');
		const says = (list: 'on' | 'off') =>
			watcher.presence.filter((note) => note[list].includes(carol.id)).length;
		const first = await carol.link();
		const second = await carol.link();
		await watcher.until(() => says('on') > 0);
		first.close();
		await second.request('heads', {});
		expect(says('off')).toBe(0);
		const start = performance.now();
		second.close();
		await watcher.until(() => says('off') > 0);
		expect(performance.now() - start).toBeLessThan(3_000);
	});

	it('does not flicker when somebody reloads', async () => {
		const watcher = await link(alice);
		const room = await generalOf(watcher);
		const dora = await register(server, 'dora');
		let own = await dora.link();
		await own.request('heads', {});
		watcher.socket.emit('watch', { room });
		await watcher.until(() => watcher.presence.length > 0);
		for (let i = 0; i < 3; i++) {
			own.close();
			own = await dora.link();
			await own.request('heads', {});
		}
		const erin = await register(server, 'erin');
		const last = await erin.link();
		await watcher.until(() => watcher.presence.some((note) => note.on.includes(erin.id)));
		expect(watcher.presence.filter((note) => note.off.includes(dora.id))).toEqual([]);
		own.close();
		last.close();
	});
});

describe('typing', () => {
	it('is told to who looks, at most once a second, and ends with the socket (SOCKET-14)', async () => {
		const watcher = await link(alice);
		const room = await generalOf(watcher);
		watcher.socket.emit('watch', { room });
		await watcher.until(() => watcher.presence.length > 0);
		const typist = await bob.link();
		await typist.request('heads', {});
		for (let i = 0; i < 50; i++) typist.socket.emit('typing', { room, on: i % 2 === 0 });
		typist.socket.emit('typing', { room, on: true });
		await watcher.until(() => watcher.typing.some((note) => note.people.includes(bob.id)));
		await typist.request('heads', {});
		expect(watcher.typing.length).toBeLessThanOrEqual(2);
		for (const one of open.filter((each) => each !== watcher)) one.close();
		typist.close();
		await watcher.until(() => watcher.typing.at(-1)!.people.length === 0);
	});
});
