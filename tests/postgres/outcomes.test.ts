/** What becomes of acts when the line to the database, or the database itself, fails (CRASH-6): one effect each, and an answer. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { holdStream } from '../support/held-rows.ts';
import { littleDomain, type LittleDomain, type Somebody } from '../support/little-domain.ts';
import { newPostgresDatabase } from '../support/postgres.ts';

/** When the line is cut: before the server hears COMMIT, or before anybody hears its answer. */
type Moment = 'before' | 'after';

/** A line to PostgreSQL that is cut at the next COMMIT when asked to. */
async function breakableLine(target: URL) {
	let moment: Moment | null = null;
	let cuts = 0;
	const open = new Set<Socket>();
	const server = createServer((client) => {
		const upstream = connect(Number(target.port), target.hostname);
		for (const end of [client, upstream]) {
			open.add(end);
			end.on('error', () => undefined);
			end.on('close', () => open.delete(end));
		}
		let isCut = false;
		function cut(): void {
			cuts += 1;
			client.destroy();
			upstream.end();
		}
		client.on('data', (data: Buffer) => {
			const isCommit = moment !== null && data.includes('COMMIT');
			if (isCommit && moment === 'before') {
				moment = null;
				return cut();
			}
			if (isCommit) [isCut, moment] = [true, null];
			upstream.write(data);
		});
		upstream.on('data', (data: Buffer) => {
			if (isCut) cut();
			else client.write(data);
		});
		client.on('close', () => upstream.end());
		upstream.on('close', () => client.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = new URL(target);
	url.port = String((server.address() as AddressInfo).port);
	return {
		url: url.href,
		cutAtCommit: (at: Moment) => void (moment = at),
		cuts: () => cuts,
		async close() {
			for (const end of open) end.destroy();
			server.close();
			await once(server, 'close');
		}
	};
}

let direct: string;
let line: Awaited<ReturnType<typeof breakableLine>>;
let world: LittleDomain;
let ann: Somebody;
let room: string;
beforeEach(async () => {
	direct = await newPostgresDatabase();
	line = await breakableLine(new URL(direct));
	world = await littleDomain(line.url);
	ann = await world.person('ann');
	room = await world.room(ann);
});
afterEach(() => line.close());

/** Runs a statement as somebody else who uses the database. */
async function asSomebodyElse(sql: string): Promise<void> {
	const client = new pg.Client({ connectionString: direct });
	await client.connect();
	await client.query(sql);
	await client.end();
}

/** What was said in the room, and what its members were told of it. */
async function saidAndTold() {
	const messages = await world.query<{ body: string }>(
		'SELECT body FROM message WHERE room = ? AND type IS NULL ORDER BY seq',
		room
	);
	const told = ann.frames.flatMap(({ rows }) =>
		rows.flatMap((row) => (row.kind === 'message' && !row.system ? row.body : []))
	);
	return { said: messages.map(({ body }) => body), told };
}

describe('a send', () => {
	for (const moment of ['before', 'after'] as const) {
		test(`whose line is cut ${moment} the commit has one effect, and is told once`, async () => {
			for (const body of ['one', 'two']) {
				line.cutAtCommit(moment);
				await ann.do({ kind: 'message.post', room, body });
			}
			expect(line.cuts()).toBe(2);
			const both = ['one', 'two'];
			expect(await saidAndTold()).toEqual({ said: both, told: both });
		});
	}

	test('whose answer is lost is known by its id', async () => {
		line.cutAtCommit('after');
		const id = await ann.do({ kind: 'message.post', room, body: 'once' });
		const again = await ann.act({ kind: 'message.post', room, body: 'once', id } as never);
		expect(again.status).toBe('accepted');
		expect((await saidAndTold()).said).toEqual(['once']);
	});

	test('is made after all when every connection is ended under it', async () => {
		const sends = Array.from({ length: 20 }, (_, n) =>
			ann.do({ kind: 'message.post', room, body: `${n}` })
		);
		await asSomebodyElse(
			`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`
		);
		await Promise.all(sends);
		const { said, told } = await saidAndTold();
		expect(said).toEqual(sends.map((_, n) => `${n}`));
		expect(told).toEqual(said);
	});

	test('waits for whoever holds its room, and is made when they are gone', async () => {
		const held = await holdStream(direct, room);
		const sent = ann.do({ kind: 'message.post', room, body: 'patient' });
		await held.isWantedBy(1);
		await held.release();
		await sent;
		expect((await saidAndTold()).said).toEqual(['patient']);
	});
});
