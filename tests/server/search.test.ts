/** Searching over the real server, whose index lives in a thread of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SearchAnswer } from '../../src/lib/protocol/search.ts';
import { eventually } from '../contract/search-world.ts';
import { startProcess } from '../support/process.ts';
import { generalOf, personWith, post, register, type Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let ann: Person;
let room: string;

beforeAll(async () => {
	server = await startServer();
	ann = await register(server, 'ann');
	const link = await ann.link();
	room = await generalOf(link);
	link.close();
});
afterAll(() => server.stop());

const bodies = (answer: unknown) => (answer as SearchAnswer).rows.map(({ body }) => body);
const say = (by: Person, ...texts: string[]) =>
	by.sync('acts', { acts: texts.map((text) => post(room, text)) });

test('what was said is found, over the socket and over HTTP', async () => {
	await say(ann, '离线聊天室的数据库', 'Hello World');
	const link = await ann.link();
	const found = await eventually(async () => {
		const answer = await link.request('search', { query: '数据', limit: 10 });
		expect(answer.complete).toBe(true);
		return answer;
	});
	expect(bodies(found)).toEqual(['离线聊天室的数据库']);
	expect(found).toMatchObject({ next: null, cards: [{ name: 'ann' }] });
	const { body } = await ann.sync('search', { query: 'wor', limit: 10 });
	expect(bodies(body)).toEqual(['Hello World']);
	link.close();
});

test.each([
	...[
		'"',
		'a-b',
		'NEAR(',
		'NEAR("a" "b", 2)',
		'col:x',
		'terms:hello',
		'*',
		'^a',
		'{a b}: c',
		'a AND'
	],
	...['a\u0000b', '\ue000r1', "'; DROP TABLE term; --", '+', '()', '""', '"a" *'],
	...['x'.repeat(200), '字'.repeat(200), [...'abcdefghijklmnopqrstuvwxyz'].join(' ')]
])('%j is answered like any other search (HTTP-19)', async (query) => {
	await eventually(async () => {
		const { status, refused, body } = await ann.sync('search', { query, limit: 10 });
		if (refused?.code === 'busy') throw new Error('the index is not open yet');
		expect(status).toBe(200);
		expect(body).toMatchObject({ complete: true, next: null });
	});
});

test.each([
	{ query: 'x'.repeat(5_000), limit: 10 },
	{ query: ['x'], limit: 10 },
	{ query: 'x', limit: 51 },
	{ query: 'x', limit: 0 },
	{ query: 'x', limit: 10, rooms: [] },
	{ query: 'x', limit: 10, rooms: ['general'] },
	{ query: 'x', limit: 10, author: "' OR 1" },
	{ query: 'x', limit: 10, below: -1 },
	{ limit: 10 },
	{ query: '', limit: 10 },
	{ query: '\u0000', limit: 10 },
	{ query: '\ud83d', limit: 10 },
	{ query: ' \u00ad\ue000', limit: 10, below: 1_000 },
	null
])('%j is malformed (HTTP-19)', async (ask) => {
	const { status, refused } = await ann.sync('search', ask);
	expect([status, refused?.code]).toEqual([400, 'malformed']);
});

describe('limits', () => {
	test('searching too often is told to wait, and nothing else is (promise 17, LOAD-9)', async () => {
		const limited = await startServer({ RATE_LIMITS: 'on' });
		const bob = await register(limited, 'bob');
		const search = async () => (await bob.sync('search', { query: 'x', limit: 1 })).refused;
		const refusals: (string | undefined)[] = [];
		for (let n = 0; n < 250; n++) refusals.push((await search())?.code);
		expect(refusals.slice(0, 100).filter((code) => code !== undefined)).toEqual([]);
		expect(refusals.at(-1)).toBe('too_many');
		expect((await bob.sync('heads', {})).status).toBe(200);
		await limited.stop();
	});
});

test('a server that is killed finds everything that it had acknowledged (promise 1, DISK-8)', async () => {
	const dataDir = mkdtempSync(join(tmpdir(), 'roost-search-killed-'));
	let running = await startProcess({ PORT: '0', DATA_DIR: dataDir });
	const { id, cookie } = await register(running, 'carol');
	const link = await personWith(running, 'carol', id, cookie).link();
	const general = await generalOf(link);
	let acknowledged = 0;
	for (let round = 0; round < 4; round++) {
		const carol = personWith(running, 'carol', id, cookie);
		for (let n = 0; n < 5; n++) {
			const acts = Array.from({ length: 60 }, () => post(general, `needle ${(acknowledged += 1)}`));
			expect((await carol.sync('acts', { acts })).status).toBe(200);
			if (n === 3) await carol.sync('search', { query: 'needle', limit: 1 });
		}
		await running.end('SIGKILL');
		running = await startProcess({ PORT: '0', DATA_DIR: dataDir });
	}
	const carol = personWith(running, 'carol', id, cookie);
	const searchBelow = async (below: number) =>
		(await carol.sync('search', { query: 'needle', limit: 50, below })).body as SearchAnswer;
	await eventually(async () =>
		expect((await searchBelow(Number.MAX_SAFE_INTEGER)).complete).toBe(true)
	);
	const found: string[] = [];
	for (let below: number | null = Number.MAX_SAFE_INTEGER; below !== null;) {
		const answer = await searchBelow(below);
		found.push(...bodies(answer));
		below = answer.next;
	}
	expect(found).toEqual(
		Array.from({ length: acknowledged }, (_, n) => `needle ${acknowledged - n}`)
	);
	await running.end('SIGTERM');
	rmSync(dataDir, { recursive: true });
});
