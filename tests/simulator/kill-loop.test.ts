/**
 * Promise 1, 2, 4 and 6 on real processes: fifty people send without a pause while the server is
 * killed and started again. What was acknowledged is there, once, where it was said to be.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterAll, expect, it } from 'vitest';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import type { PostMessage } from '../../src/lib/protocol/up.ts';
import type * as v from 'valibot';
import { newId, post, register, type Person, type TestLink } from '../support/person.ts';
import { startProcess, type ServerProcess } from '../support/process.ts';

const PEOPLE = 50;
const KILLS = Number(process.env.KILLS ?? 15);
const ROOMS = 5;
/** Registering hashes; more at once would be told to come back. */
const AT_ONCE = 10;

type Posting = v.InferOutput<typeof PostMessage>;

interface Sender {
	person: Person;
	/** in the order they were first sent */
	sent: Posting[];
	/** id -> seq it was acknowledged with */
	acknowledged: Map<string, number>;
}

const dataDir = mkdtempSync(join(tmpdir(), 'roost-kill-'));
let server: ServerProcess;
let stopped = false;
let acknowledgements = 0;
let wakeKiller: (() => void) | null = null;
let killAt = Infinity;

afterAll(async () => {
	await server.end('SIGKILL');
	rmSync(dataDir, { recursive: true, force: true });
});

/** Resolves when so many more acts were acknowledged. */
function after(more: number): Promise<void> {
	killAt = acknowledgements + more;
	return new Promise((resolve) => (wakeKiller = resolve));
}

/** A link, however many attempts it takes; null once everything is over. */
async function connected(person: Person): Promise<TestLink> {
	for (;;) {
		try {
			return await person.link();
		} catch {
			// The server is down; the attempt itself waited for the network's answer.
			await new Promise((resolve) => setImmediate(resolve));
		}
	}
}

/** Sends one batch until every act of it has been accepted. */
async function deliver(sender: Sender, link: TestLink, acts: Posting[]): Promise<TestLink> {
	for (;;) {
		const open = acts.filter((act) => !sender.acknowledged.has(act.id));
		if (open.length === 0) return link;
		try {
			const died = link.closed.then((why) => Promise.reject(new Error(why)));
			const { results } = await Promise.race([link.request('acts', { acts: open }), died]);
			for (const result of results) {
				if (result.status === 'refused') throw new Error(JSON.stringify(result));
				if (result.status === 'accepted') sender.acknowledged.set(result.id, result.seq);
			}
			acknowledgements += results.length;
			if (acknowledgements >= killAt) wakeKiller?.();
		} catch (error) {
			if (link.socket.connected) throw error;
			link = await connected(sender.person);
		}
	}
}

async function keepSending(sender: Sender, rooms: string[], from: number): Promise<void> {
	let link = await connected(sender.person);
	for (let n = 0; !stopped; n++) {
		const room = rooms[(from + n) % rooms.length]!;
		const acts = Array.from({ length: 1 + (n % 3) }, (_, i) => post(room, `${from}/${n}/${i}`));
		sender.sent.push(...acts);
		link = await deliver(sender, link, acts);
	}
	link.close();
}

async function prepare(): Promise<{ senders: Sender[]; rooms: string[] }> {
	const people: Person[] = [];
	for (let n = 0; n < PEOPLE; n += AT_ONCE) {
		const some = Array.from({ length: AT_ONCE }, (_, i) => register(server, `person_${n + i}`));
		people.push(...(await Promise.all(some)));
	}
	const rooms = Array.from({ length: ROOMS }, newId);
	for (const [n, person] of people.entries()) {
		const link = await person.link();
		const base = { at: 1, description: '' };
		const acts = rooms.map((room, i) =>
			n === 0
				? ({ ...base, kind: 'room.create', id: newId(), room, name: `Room ${i}` } as const)
				: ({ kind: 'room.join', id: newId(), at: 1, room } as const)
		);
		const { results } = await link.request('acts', { acts });
		expect(results.map((result) => result.status)).toEqual(rooms.map(() => 'accepted'));
		link.close();
	}
	return {
		senders: people.map((person) => ({ person, sent: [], acknowledged: new Map() })),
		rooms
	};
}

interface Kept {
	id: string;
	seq: number;
	room: string;
	body: string;
	author: string;
}

function check(db: Database.Database, senders: Sender[]): void {
	const kept = db.prepare<[], Kept>('SELECT id, seq, room, body, author FROM message').all();
	const byId = new Map(kept.map((message) => [message.id, message]));
	expect(byId.size, 'an id stands twice (promise 2)').toBe(kept.length);
	for (const { person, sent, acknowledged } of senders) {
		const wrong = sent.filter((act) => {
			const message = byId.get(act.id);
			return (
				message?.body !== act.body ||
				message.room !== act.room ||
				message.author !== person.id ||
				message.seq !== acknowledged.get(act.id)
			);
		});
		expect(wrong, 'acknowledged and not there, or elsewhere (promise 1)').toEqual([]);
		for (const room of new Set(sent.map((act) => act.room))) {
			const seqs = sent.filter((act) => act.room === room).map((act) => byId.get(act.id)!.seq);
			expect(seqs, 'order of sending (promise 4)').toEqual([...seqs].sort((a, b) => a - b));
		}
	}
	const sent = senders.reduce((sum, sender) => sum + sender.sent.length, 0);
	const own = kept.filter((message) => senders.some(({ person }) => person.id === message.author));
	expect(own.length, 'a message nobody sent').toBe(sent);

	const streams = db
		.prepare<[], { id: string; head: number; count: number; low: number; high: number }>(
			`SELECT s.id, s.head, count(c.seq) AS count, min(c.seq) AS low, max(c.seq) AS high
			FROM stream s LEFT JOIN change c ON c.stream = s.id WHERE s.head > 0 GROUP BY s.id`
		)
		.all();
	for (const { id, head, count, low, high } of streams) {
		expect([id, low, high, count], 'a hole in a stream (promise 6)').toEqual([id, 1, head, head]);
	}
	expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
}

const LIMIT = { timeout: 60_000 + KILLS * 8_000 };

it(`keeps what it acknowledged through ${KILLS} kills (promises 1, 2, 4, 6)`, LIMIT, async () => {
	server = await startProcess({ DATA_DIR: dataDir, PORT: '0' });
	const env = { DATA_DIR: dataDir, PORT: String(server.port) };
	const { senders, rooms } = await prepare();
	const sending = senders.map((sender, n) => keepSending(sender, rooms, n));
	for (let kill = 0; kill < KILLS; kill++) {
		await Promise.race([after(100 + Math.floor(Math.random() * 900)), Promise.all(sending)]);
		await server.end('SIGKILL');
		server = await startProcess(env);
	}
	await after(500);
	stopped = true;
	await Promise.all(sending);
	expect(await server.end('SIGTERM')).toBe(0);
	const db = openSqlite({ file: join(dataDir, 'roost.sqlite') });
	check(db, senders);
	db.close();
	const total = senders.reduce((sum, sender) => sum + sender.acknowledged.size, 0);
	process.stdout.write(`kill loop: ${KILLS} kills, ${total} acknowledged, all there once\n`);
});
