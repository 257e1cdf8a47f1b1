/** A node is killed under load, and nodes are replaced one by one: nothing is lost, nothing is double, all see one order (LOAD-5). */
import { afterEach, expect, test } from 'vitest';
import { startNodes, type TestNode, type TestNodes } from '../support/nodes.ts';
import { generalOf, post, register, type Person, type TestLink } from '../support/person.ts';

let all: TestNodes;
afterEach(() => all.stop());

const WRITERS = 6;
/** ms that people on other nodes may hear nothing. */
const PAUSE_MAX = 5_000;
/** Messages of each writer. */
const EACH = 60;

/** Somebody who says things one after the other, by any node that lives, each until it is acknowledged. */
class Writer {
	readonly #person: Person;
	readonly #living: () => TestNode[];
	readonly #room: string;
	readonly name: string;
	/** bodies in the order in which they were acknowledged, and their seqs */
	readonly accepted: { body: string; seq: number }[] = [];
	#link: TestLink | null = null;
	#turn: number;

	constructor(living: () => TestNode[], person: Person, room: string, turn: number) {
		this.#living = living;
		this.#person = person;
		this.#room = room;
		this.#turn = turn;
		this.name = `w${turn}`;
	}

	async write(): Promise<void> {
		for (let n = 0; n < EACH; n++) {
			const act = post(this.#room, `${this.name}-${n}`);
			let seq: number | null = null;
			while (seq === null) seq = await this.#trySend(act);
			this.accepted.push({ body: act.body, seq });
		}
		this.#link?.close();
	}

	/** Null: nobody knows whether it was taken; the same is sent again. */
	async #trySend(act: ReturnType<typeof post>): Promise<number | null> {
		try {
			const nodes = this.#living();
			this.#link ??= await all.at(nodes[this.#turn++ % nodes.length]!, this.#person).link();
			const { results } = await Promise.race([
				this.#link.request('acts', { acts: [act] }),
				this.#link.closed.then(() => Promise.reject(new Error('closed')))
			]);
			const [result] = results;
			return result?.status === 'accepted' ? result.seq : null;
		} catch {
			// The node is gone: another one is asked.
			this.#link?.close();
			this.#link = null;
			return null;
		}
	}
}

const messagesIn = (link: TestLink, room: string) =>
	link.frames
		.filter(({ stream }) => stream === room)
		.flatMap(({ rows }) =>
			rows.flatMap((row) =>
				row.kind === 'message' && !row.system ? { body: row.body, seq: row.seq } : []
			)
		);

/** What the database holds of the room. */
async function read(room: string): Promise<{ body: string; seq: number }[]> {
	const rows = await all.query<{ body: string; seq: string }>(
		'SELECT body, seq FROM message WHERE room = $1 AND type IS NULL ORDER BY seq',
		room
	);
	return rows.map(({ body, seq }) => ({ body, seq: Number(seq) }));
}

async function expectOneOrder(
	writers: Writer[],
	listeners: TestLink[],
	room: string
): Promise<void> {
	const count = WRITERS * EACH;
	for (const link of listeners) await link.until(() => messagesIn(link, room).length >= count);
	const log = await read(room);
	expect(log).toHaveLength(count);
	expect(new Set(log.map(({ body }) => body)).size).toBe(count);
	for (const writer of writers) {
		// Each has the place that was acknowledged, in the order in which it was said.
		expect(log.filter(({ body }) => body.startsWith(`${writer.name}-`))).toEqual(writer.accepted);
	}
	for (const link of listeners) {
		expect(messagesIn(link, room)).toEqual(log);
		const frames = link.frames.filter(({ stream }) => stream === room);
		frames.slice(1).forEach((frame, i) => {
			expect([frame.from, frame.prev]).toEqual([frames[i]!.upto.s, frames[i]!.upto.h]);
		});
	}
}

async function begin(count: number) {
	all = await startNodes(count);
	const living = new Set(all.nodes);
	const anna = await register(all.nodes[0]!, 'anna');
	const first = await anna.link();
	const room = await generalOf(first);
	first.close();
	const writers: Writer[] = [];
	for (let i = 0; i < WRITERS; i++) {
		const person = await register(all.nodes[0]!, `writer_${i}`);
		writers.push(new Writer(() => [...living], person, room, i));
	}
	return { anna, living, room, writers };
}

async function listenAt(node: TestNode, person: Person): Promise<TestLink> {
	const link = await all.at(node, person).link();
	await link.request('heads', {});
	return link;
}

const progress = (writers: Writer[]) => writers.reduce((sum, one) => sum + one.accepted.length, 0);

async function untilSaid(writers: Writer[], part: number): Promise<void> {
	await expect
		.poll(() => progress(writers), { timeout: 60_000 })
		.toBeGreaterThan(part * WRITERS * EACH);
}

test('one of three is killed under load', async () => {
	const { anna, living, room, writers } = await begin(3);
	const [a, b, c] = all.nodes as [TestNode, TestNode, TestNode];
	const listeners = [await listenAt(a, anna), await listenAt(c, anna)];
	const heardAt: number[] = [];
	listeners[0]!.socket.on('frame', () => void heardAt.push(performance.now()));
	const writing = Promise.all(writers.map((writer) => writer.write()));
	await untilSaid(writers, 0.3);
	living.delete(b);
	await b.end('SIGKILL');
	await writing;
	await expectOneOrder(writers, listeners, room);
	const pauses = heardAt.slice(1).map((at, i) => at - heardAt[i]!);
	expect(Math.max(...pauses)).toBeLessThan(PAUSE_MAX);
	for (const link of listeners) link.close();
});

test('two are replaced one after the other under load, and a third stays', async () => {
	const { anna, living, room, writers } = await begin(3);
	const [a, ...others] = all.nodes as [TestNode, TestNode, TestNode];
	const listeners = [await listenAt(a, anna)];
	const writing = Promise.all(writers.map((writer) => writer.write()));
	await untilSaid(writers, 0.1);
	for (const node of others) {
		living.delete(node);
		expect(await node.end('SIGTERM')).toBe(0);
		living.add(await node.again());
	}
	await writing;
	await expectOneOrder(writers, listeners, room);
	for (const link of listeners) link.close();
});

test('three that start at once on an empty database are one server', async () => {
	all = await startNodes(0);
	const nodes = await Promise.all([all.add(), all.add(), all.add()]);
	const anna = await register(nodes[0]!, 'anna');
	const links = await Promise.all(nodes.map((node) => listenAt(node, anna)));
	const rooms = await Promise.all(links.map((link) => generalOf(link)));
	expect(new Set(rooms).size).toBe(1);
	await links[0]!.request('acts', { acts: [post(rooms[0]!, 'hello')] });
	for (const link of links) await link.until(() => messagesIn(link, rooms[0]!).length === 1);
	for (const link of links) link.close();
});
