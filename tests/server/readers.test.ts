/** People who read slowly, or not at all: what they cost is bounded, and whoever reads gets everything. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ReadQueue } from '../../server/read-queue.ts';
import type { PullAnswer } from '../../src/lib/protocol/down.ts';
import { DEVICE_HEADER, VERSION_HEADER } from '../../src/lib/protocol/http.ts';
import { PROTOCOL_VERSION } from '../../src/lib/protocol/version.ts';
import { generalOf, newId, post, register, type Person, type TestLink } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Bytes that one answer may have: its rows, the one that goes beyond, and what is around them. */
const ANSWER_MAX = 320 * 1024;
const LONG = '字'.repeat(4_000);
const MESSAGES = 400;

let server: TestServer;
let writer: Person;
let room: string;
const written: string[] = [];
beforeAll(async () => {
	server = await startServer();
	writer = await register(server, 'writer');
	const link = await writer.link();
	room = await generalOf(link);
	while (written.length < MESSAGES) {
		const acts = Array.from({ length: 20 }, () => post(room, LONG));
		const { results } = await link.request('acts', { acts });
		expect(results.every((result) => result.status === 'accepted')).toBe(true);
		written.push(...acts.map((act) => act.id));
	}
	link.close();
}, 60_000);
afterAll(() => server.stop());

type Ask = (streams: { id: string; cursor: null | object }[]) => Promise<PullAnswer>;

/** Pulls a room from its beginning until it is complete; answers ids of messages and the largest answer. */
async function pullAll(ask: Ask) {
	const start = { i: '', g: 0, s: 0, h: '' };
	const ids: string[] = [];
	let largest = 0;
	const [first] = (await ask([{ id: room, cursor: null }])).pages;
	if (first?.type !== 'page' && first?.type !== 'skipToNewest') throw new Error('no page');
	let cursor: object | null =
		first.type === 'page' ? null : { ...start, i: first.cursor.i, g: first.cursor.g };
	for (let isWhole = false; !isWhole;) {
		const answer = await ask([{ id: room, cursor }]);
		largest = Math.max(largest, Buffer.byteLength(JSON.stringify(answer)));
		const [page] = answer.pages;
		if (page?.type !== 'page') throw new Error(JSON.stringify(page).slice(0, 200));
		ids.push(...page.rows.filter((row) => row.kind === 'message').map((row) => row.id));
		cursor = page.upto;
		isWhole = page.complete;
	}
	return { ids, largest };
}

describe('answers are bounded by bytes (LOAD-7, promise 17)', () => {
	it('a pull of many long messages comes in pages, and nothing is missing', async () => {
		const reader = await register(server, 'pager');
		const { ids, largest } = await pullAll(
			async (streams) => (await reader.sync('pull', { streams })).body as PullAnswer
		);
		expect(largest).toBeLessThan(ANSWER_MAX);
		expect(ids.filter((id) => written.includes(id))).toEqual(written);
	});

	it('so do history, refresh, and the newest page', async () => {
		const link = await writer.link();
		const cursor = (await link.request('pull', { streams: [{ id: room, cursor: null }] }))
			.pages[0]!;
		if (cursor.type !== 'page' && cursor.type !== 'skipToNewest') throw new Error(cursor.type);
		const at = cursor.type === 'page' ? cursor.upto : cursor.cursor;
		const stream = room;
		const answers: unknown[] = [cursor];
		for (const end of ['top', 'bottom'] as const) {
			const bounds = { after: 0, before: at.s + 1, end, limit: 200 };
			const answer = await link.request('history', { stream, cursor: at, ...bounds });
			if (answer.type !== 'history') throw new Error(answer.type);
			// What it says to be whole is whole.
			const seqs = answer.rows.map((row) => (row.kind === 'message' ? row.seq : 0));
			expect(seqs).toEqual(Array.from(seqs, (_, i) => seqs[0]! + i));
			expect(end === 'top' ? answer.from : answer.to).toBe(end === 'top' ? seqs[0] : seqs.at(-1));
			answers.push(answer);
		}
		const part = { from: 0, to: at.s };
		answers.push(await link.request('refresh', { stream, cursor: at, part, since: 0 }));
		link.close();
		for (const answer of answers) {
			expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(ANSWER_MAX);
		}
	});
});

describe('reading in turn (LOAD-4)', () => {
	it('few reads of a person are under way, and a long line is told to come back', async () => {
		const turns: (() => void)[] = [];
		const queue = new ReadQueue(
			(turn) => turns.push(turn),
			() => 0
		);
		const ended: (() => void)[] = [];
		const asked = Array.from({ length: 50 }, () =>
			queue.enter('p').then(
				(end) => void ended.push(end),
				(fault: Error) => fault.message
			)
		);
		const run = async () => {
			while (turns.length > 0) {
				turns.shift()!();
				await Promise.resolve();
			}
			await new Promise(setImmediate);
		};
		await run();
		expect(ended).toHaveLength(4);
		const other = queue.enter('q');
		await run();
		(await other)();
		for (const end of ended.splice(0)) end();
		await run();
		expect(ended).toHaveLength(4);
		while (ended.length > 0) {
			ended.shift()!();
			await run();
		}
		expect((await Promise.all(asked)).filter((why) => why === 'busy')).toHaveLength(50 - 44);
	});

	it('everybody else is heard while one person asks for everything at once', async () => {
		const greedy = await register(server, 'greedy');
		const pullRoom = () =>
			pullAll(async (streams) => (await greedy.sync('pull', { streams })).body as PullAnswer);
		// How long one takes alone, on a machine as busy as it is now: nobody waits for a whole one.
		const began = performance.now();
		await pullRoom();
		const alone = performance.now() - began;
		const asking = Array.from({ length: 16 }, pullRoom);
		let slowest = 0;
		let isOver = false;
		const over = Promise.all(asking).then(() => (isOver = true));
		while (!isOver) {
			const start = performance.now();
			await fetch(`http://127.0.0.1:${server.port}/api/health`);
			slowest = Math.max(slowest, performance.now() - start);
		}
		await over;
		expect(slowest).toBeLessThan(Math.max(1_000, alone));
	}, 120_000);
});

/** Reads so many bytes a second from a socket of a device. */
function readSlowly(link: TestLink, rate: number): () => void {
	const { _socket: line } = (
		link.socket.io.engine.transport as unknown as { ws: { _socket: Socket } }
	).ws;
	let read = 0;
	let start = performance.now();
	line.on('data', (bytes: Buffer) => {
		read += bytes.length;
		const due = start + (read / rate) * 1_000 - performance.now();
		if (due <= 0) return;
		line.pause();
		setTimeout(() => line.resume(), due);
	});
	return () => {
		read = 0;
		start = performance.now();
	};
}

describe('a device on a slow line', () => {
	it('that reads 250 KB a second catches up with 400 long messages, and is never cut (SOCKET-22)', async () => {
		const reader = await register(server, 'slow');
		const link = await reader.link();
		readSlowly(link, 250_000);
		const { ids } = await pullAll(async (streams) => link.request('pull', { streams } as never));
		expect(ids.filter((id) => written.includes(id))).toEqual(written);
		expect(link.socket.connected).toBe(true);
		link.close();
	}, 90_000);
});

/** Bytes that this process holds, without what is only waiting to be collected. */
function held(): number {
	setFlagsFromString('--expose-gc');
	(runInNewContext('gc') as () => void)();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

describe('readers who never read', () => {
	it('cost little, and are gone within a minute (LOAD-8)', async () => {
		const sleepers: Person[] = [];
		while (sleepers.length < 15) sleepers.push(await register(server, `sleeper${sleepers.length}`));
		const lines = () =>
			process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
		const before = held();
		const linesBefore = lines();
		let accepted = 0;
		const accept = (): void => void accepted++;
		subscribe('net.server.socket', accept);
		const asleep = Array.from({ length: 150 }, (_, i) => askAndSleep(sleepers[i % 15]!));
		// Both ends of every line are in this process; those of the readers stay.
		let most = 0;
		const look = () => {
			most = Math.max(most, held() - before);
			expect(accepted).toBeGreaterThanOrEqual(150);
			expect(lines()).toBeLessThanOrEqual(linesBefore + 150);
		};
		await vi.waitFor(look, { timeout: 90_000, interval: 200 });
		unsubscribe('net.server.socket', accept);
		expect(most).toBeLessThan(120e6);
		for (const line of asleep) line.destroy();
	}, 150_000);

	/** One connection that asks for the room forty times over and reads nothing. */
	function askAndSleep({ cookie }: Person): Socket {
		const body = JSON.stringify({ streams: [{ id: room, cursor: null }] });
		const line = connect({ port: server.port, host: '127.0.0.1' });
		line.pause();
		const request = [
			'POST /api/sync/pull HTTP/1.1',
			'host: x',
			`origin: ${server.origin}`,
			`cookie: ${cookie}`,
			`${VERSION_HEADER}: ${PROTOCOL_VERSION}`,
			`${DEVICE_HEADER}: ${newId()}`,
			'content-type: application/json',
			`content-length: ${Buffer.byteLength(body)}`,
			'',
			body
		].join('\r\n');
		line.on('error', () => undefined);
		line.write(request.repeat(40));
		return line;
	}
});
