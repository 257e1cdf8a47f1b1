/** What is sent in which order, what ends an act, and where its outcome goes first. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ActsAnswer, Result } from '../../../../src/lib/protocol/down.ts';
import type { Answer } from '../../../../src/lib/protocol/events.ts';
import { refuse } from '../../../../src/lib/protocol/refusal.ts';
import type { Act } from '../../../../src/lib/protocol/up.ts';
import { createReplica, type Replica } from '../../../../src/lib/sync/engine/replica.ts';
import { MemoryOutboxStore } from '../../../../src/lib/sync/memory/memory-outbox.ts';
import { MemoryLocalStore } from '../../../../src/lib/sync/memory/memory-store.ts';
import { ActSender } from '../../../../src/lib/sync/outbox/act-sender.ts';
import { LinkError, type Link } from '../../../../src/lib/sync/ports.ts';
import { change, id, ME, message, post, state } from '../../../contract/rows.ts';

let now = 0;
let outbox: MemoryOutboxStore;
let cache: MemoryLocalStore;
let replica: Replica;
let sender: ActSender;
/** ids that were said to be accepted, and those that were in the outbox then */
let told: [accepted: string[], present: string[]][];

function begin() {
	now = 0;
	told = [];
	outbox = new MemoryOutboxStore();
	cache = new MemoryLocalStore();
	replica = createReplica(cache, ME);
	sender = new ActSender({
		outbox,
		replica,
		clock: { now: () => now, elapsed: () => now, after: () => () => undefined },
		random: { next: () => 0, bytes: (count) => new Uint8Array(count) },
		note: () => undefined,
		accepted: (ids) => void told.push([ids, [...outbox.data.rows.keys()]]),
		sending: () => undefined
	});
}
beforeEach(begin);

async function queue(room: string, body: string): Promise<Act & { kind: 'message.post' }> {
	const act = post(room, body);
	await outbox.add(act, room, 1);
	return act;
}

type Answering = (acts: Act[]) => Promise<Answer<'acts'>> | Answer<'acts'>;

/** A link on which only acts are asked, and a note of what was under way. */
function linkTo(answer: Answering) {
	const seen = { bodies: [] as string[][], atOnce: 0, most: 0 };
	const ask = async (_name: string, { acts }: { acts: Act[] }) => {
		seen.bodies.push(acts.map((act) => ('body' in act ? act.body : act.kind)));
		seen.most = Math.max(seen.most, ++seen.atOnce);
		try {
			return await answer(acts);
		} finally {
			seen.atOnce--;
		}
	};
	return { link: { live: true, ask } as unknown as Link, seen };
}

const accepted = ({ id: act }: Act): Result => ({
	status: 'accepted',
	id: act,
	stream: 'room',
	seq: 1,
	rows: []
});
const each =
	(decide: (act: Act) => Result): Answering =>
	(acts): ActsAnswer => ({ results: acts.map(decide) });
const refused = ({ id: act }: Act): Result => ({
	status: 'refused',
	id: act,
	refusal: refuse('not_a_member')
});
const later = ({ id: act }: Act): Result => ({
	status: 'later',
	id: act,
	refusal: refuse('busy', { after: 1_000 })
});

const left = async () =>
	(await outbox.all()).map(({ act, state: is }) => ['body' in act ? act.body : act.kind, is]);

describe('only a refusal ends an act (O2)', () => {
	const fault = (error: unknown) => () => Promise.reject(error as Error);
	test.each<[string, Answering]>([
		['the line is cut', fault(new LinkError({ kind: 'unreachable' }))],
		['something else answers', fault(new LinkError({ kind: 'captive' }))],
		['a bug', fault(new TypeError('a bug'))],
		['the session has ended', () => ({ refused: refuse('session_ended') })],
		['the server is busy', () => ({ refused: refuse('busy', { after: 1_000 }) })],
		['the answer leaves it out', () => ({ results: [] })],
		['it is answered "later"', each(later)]
	])('it stays queued when %s', async (_when, answer) => {
		await queue('room', 'stays');
		const { link, seen } = linkTo(answer);
		await sender.flush(link).catch(() => undefined);
		expect(seen.bodies).toEqual([['stays']]);
		expect(await left()).toEqual([['stays', 'queued']]);
		// Once the wait is over it goes out again, under the same id.
		now += 60_000;
		const again = linkTo(each(accepted));
		await sender.flush(again.link);
		expect(again.seen.bodies).toEqual([['stays']]);
		expect(await left()).toEqual([]);
	});

	test('and then it waits for the person, with its text', async () => {
		await queue('room', 'refused');
		await sender.flush(linkTo(each(refused)).link);
		expect(await left()).toEqual([['refused', 'refused']]);
	});
});

test('what was accepted is said, and nothing else, before it leaves the outbox', async () => {
	const [first, second, third] = [
		await queue('a', '1'),
		await queue('b', '2'),
		await queue('c', '3')
	];
	const answers = new Map([[second.id, refused] as const, [third.id, later] as const]);
	const answer = each((act) => (answers.get(act.id) ?? accepted)(act));
	await sender.flush(linkTo(answer).link);
	expect(told).toEqual([[[first.id], [first.id, second.id, third.id]]]);
});

describe('what is sent when (O3)', () => {
	test('oldest first over all rooms, each once, one request at a time', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 250, size: 'max' }),
				async (rooms) => {
					begin();
					const bodies = rooms.map((room, n) => `${room} ${n}`);
					for (const [n, room] of rooms.entries()) await queue(room, bodies[n]!);
					const { link, seen } = linkTo(async (sent) => {
						await Promise.resolve();
						return { results: sent.map(accepted) };
					});
					await sender.flush(link);
					expect(seen.bodies.flat()).toEqual(bodies);
					expect(seen.most).toBe(1);
				}
			),
			{ numRuns: 30 }
		);
	});

	test('a lane that must wait holds back its own acts, and those of no other room', async () => {
		await queue('slow', 'one');
		const { link, seen } = linkTo(
			each((act) => ('room' in act && act.room === 'slow' ? later(act) : accepted(act)))
		);
		expect(await sender.flush(link)).toBe(1_000);
		await queue('slow', 'two');
		await queue('other', 'elsewhere');
		expect(await sender.flush(link)).toBe(1_000);
		expect(seen.bodies).toEqual([['one'], ['elsewhere']]);
		now = 1_000;
		await sender.flush(linkTo(each(accepted)).link);
		expect(await left()).toEqual([]);
	});

	test('a refused act blocks nothing behind it', async () => {
		const first = await queue('room', 'first');
		await queue('room', 'second');
		const { link, seen } = linkTo(
			each((act) => (act.id === first.id ? refused(act) : accepted(act)))
		);
		await sender.flush(link);
		await queue('room', 'third');
		await sender.flush(link);
		expect(seen.bodies).toEqual([['first', 'second'], ['third']]);
		expect(await left()).toEqual([['first', 'refused']]);
	});
});

describe('what was accepted is in the cache before it leaves the outbox (O5)', () => {
	const room = id();
	const answerWith = (act: Act): Result => ({
		status: 'accepted',
		id: act.id,
		stream: room,
		seq: 1,
		rows: [message(room, 1, { id: act.id, author: ME, body: 'kept' })]
	});

	test('it is there at the moment at which the outbox lets it go', async () => {
		await cache.commit([change(room, { next: state(room) })], ME);
		const act = await queue(room, 'kept');
		const found: unknown[] = [];
		const settle = outbox.settle.bind(outbox);
		outbox.settle = async (settlements) => {
			found.push(await cache.message(act.id));
			await settle(settlements);
		};
		await replica.load();
		await sender.flush(linkTo(each(answerWith)).link);
		expect(found).toMatchObject([{ id: act.id, body: 'kept' }]);
		expect(await left()).toEqual([]);
	});

	test('a cache that cannot be written leaves it queued', async () => {
		await cache.commit([change(room, { next: state(room) })], ME);
		await queue(room, 'kept');
		await replica.load();
		cache.close();
		await expect(sender.flush(linkTo(each(answerWith)).link)).rejects.toThrow();
		expect(await left()).toEqual([['kept', 'queued']]);
	});
});
