/** One link from its first question on: what may be said before the server has told whose session it is. */
import { describe, expect, test } from 'vitest';
import type { Heads } from '../../../../src/lib/protocol/down.ts';
import type { RequestName } from '../../../../src/lib/protocol/events.ts';
import { CatchUp } from '../../../../src/lib/sync/engine/catch-up.ts';
import { LinkSession } from '../../../../src/lib/sync/engine/link-session.ts';
import { createReplica } from '../../../../src/lib/sync/engine/replica.ts';
import { MemoryOutboxStore } from '../../../../src/lib/sync/memory/memory-outbox.ts';
import { MemoryLocalStore } from '../../../../src/lib/sync/memory/memory-store.ts';
import { ActSender } from '../../../../src/lib/sync/outbox/act-sender.ts';
import type { Link, LinkFault } from '../../../../src/lib/sync/ports.ts';
import { card, ME, OTHER, post } from '../../../contract/rows.ts';
import { microtasks, VirtualTime } from '../../../simulator/sim/time.ts';

const headsFor = (person: string): Heads => ({
	person: card(person),
	instance: 'db',
	generation: 1,
	now: 0,
	heads: {}
});

/** A session on a link whose heads are answered when the test says so; one message is queued. */
async function begin() {
	const time = new VirtualTime();
	const clock = {
		now: () => time.ms,
		elapsed: () => time.ms,
		after: (ms: number, run: () => void) => time.after(ms, run)
	};
	const random = { next: () => 0, bytes: (count: number) => new Uint8Array(count) };
	const outbox = new MemoryOutboxStore();
	const replica = createReplica(new MemoryLocalStore(), ME);
	const act = post('room', 'hello');
	await outbox.add(act, 'room', 1);
	const asked: RequestName[] = [];
	const dead: LinkFault[] = [];
	let answer: (heads: Heads) => void = () => undefined;
	const link = {
		live: true,
		ask: (name: RequestName) => {
			asked.push(name);
			if (name === 'heads') return new Promise<Heads>((resolve) => (answer = resolve));
			const result = { status: 'accepted', id: act.id, stream: 'room', seq: 1, rows: [] };
			return Promise.resolve({ results: [result] });
		}
	} as unknown as Link;
	const session = new LinkSession({
		link,
		me: ME,
		replica,
		catchUp: new CatchUp(replica, ME, clock.now),
		sender: new ActSender({
			outbox,
			replica,
			clock,
			random,
			note: () => undefined,
			accepted: () => undefined,
			sending: () => undefined
		}),
		clock,
		random,
		onKnown: () => undefined,
		watchedRoom: () => null,
		onUpToDate: () => undefined,
		onBehind: () => undefined,
		onDead: (fault) => dead.push(fault),
		onError: (error) => {
			throw error;
		}
	});
	await microtasks();
	return { session, outbox, asked, dead, answer: (person: string) => answer(headsFor(person)) };
}

describe('nothing is sent on a new link before the server has said whose session it is (O7)', () => {
	test('however often something is queued meanwhile; then it goes', async () => {
		const { session, outbox, asked, answer } = await begin();
		session.flush();
		await microtasks();
		expect([asked, session.isKnown]).toEqual([['heads'], false]);
		answer(ME);
		await microtasks();
		expect(asked).toEqual(['heads', 'acts']);
		expect(await outbox.all()).toEqual([]);
		session.end();
	});

	test('never, where it is somebody else’s (promise 14)', async () => {
		const { session, outbox, asked, dead, answer } = await begin();
		answer(OTHER);
		await microtasks();
		session.flush();
		await microtasks();
		expect(asked).toEqual(['heads']);
		expect(await outbox.all()).toHaveLength(1);
		expect(dead).toMatchObject([{ kind: 'refused', refusal: { code: 'session_ended' } }]);
	});
});
