/** Two servers write to one database at the same moment: each stream has one order, and each act one effect (CRASH-5, CRASH-6). */
import { beforeEach, describe, expect, test } from 'vitest';
import { directId } from '../../src/lib/protocol/ids.ts';
import type { Result } from '../../src/lib/protocol/down.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { chain } from '../../server/store/sql/change-log.ts';
import { littleDomain, type LittleDomain, type Somebody } from '../support/little-domain.ts';
import { newId } from '../support/person.ts';

/** Times that each race is run; the moments differ by chance. */
const ROUNDS = 15;

interface LoggedChange {
	stream: string;
	seq: number;
	kind: string;
	entity: string;
	act: string;
	ts: number;
	hash: string;
}

let here: LittleDomain;
let there: LittleDomain;
let ann: Somebody;
let bob: Somebody;
beforeEach(async () => {
	here = await littleDomain();
	there = await here.restarted();
	[ann, bob] = [await here.person('ann'), await here.person('bob')];
});

/** Somebody does something by the other server. */
async function elsewhere(who: Somebody, draft: ActDraft, id = newId()): Promise<Result> {
	const [result] = await there.domain.acts(who, [{ at: 1, ...draft, id }]);
	return result!;
}

/** Every chain is whole: no number is missing or taken twice, and each hash follows from the one before. */
async function expectWholeChains(): Promise<void> {
	const changes = await here.query<LoggedChange>('SELECT * FROM change ORDER BY stream, seq');
	let [stream, seq, hash] = ['', 0, ''];
	for (const change of changes) {
		if (change.stream !== stream) [stream, seq, hash] = [change.stream, 0, ''];
		seq += 1;
		expect(change.seq).toBe(seq);
		hash = chain(hash, seq, { ...change, actor: '' }, change.ts);
		expect(change.hash).toBe(hash);
	}
}

const seqOf = (result: Result) => (result.status === 'accepted' ? result.seq : null);
const codeOf = (result: Result) => (result.status === 'refused' ? result.refusal.code : 'accepted');

describe('two servers on one database', () => {
	test('a send that races a removal is before it, or refused', async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const room = await here.room(ann, [bob]);
			const say = () => bob.act({ kind: 'message.post', room, body: 'quick' });
			const [first, removal, second, third] = await Promise.all([
				say(),
				elsewhere(ann, { kind: 'member.remove', room, person: bob.person }),
				elsewhere(bob, { kind: 'message.post', room, body: 'from there' }),
				say()
			]);
			const removed = seqOf(removal!)!;
			for (const sent of [first!, second!, third!]) {
				if (sent.status === 'accepted') expect(sent.seq).toBeLessThan(removed);
				else expect(codeOf(sent)).toBe('not_a_member');
			}
			expect(codeOf(await say())).toBe('not_a_member');
		}
		await expectWholeChains();
	});

	test('a send that races the end of its room is before it, or refused', async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const room = await here.room(ann, [bob]);
			const [sent, ended] = await Promise.all([
				bob.act({ kind: 'message.post', room, body: 'quick' }),
				elsewhere(ann, { kind: 'room.delete', room })
			]);
			expect(codeOf(ended)).toBe('accepted');
			if (sent.status === 'accepted') expect(sent.seq).toBeLessThan(seqOf(ended)!);
		}
		await expectWholeChains();
	});

	test('an act that both are sent has one effect, and the same answer', async () => {
		const room = await here.room(ann, [bob]);
		for (let round = 0; round < ROUNDS; round++) {
			const id = newId();
			const draft: ActDraft = { kind: 'message.post', room, body: `said once ${round}` };
			const [one, other] = await Promise.all([
				bob.act({ ...draft, id } as never),
				elsewhere(bob, draft, id)
			]);
			expect(seqOf(one)).not.toBeNull();
			expect(seqOf(other)).toBe(seqOf(one));
		}
		const said = await here.query('SELECT id FROM message WHERE room = ? AND type IS NULL', room);
		expect(said).toHaveLength(ROUNDS);
		await expectWholeChains();
	});

	test('a name goes to one of two who want it at once', async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const made = await Promise.all(
				[here, there].map(({ domain }) =>
					domain.register({
						name: `twin${round}`,
						email: `${newId()}@example.org`,
						passwordHash: 'x'
					})
				)
			);
			expect(made.filter((one) => 'person' in one)).toHaveLength(1);
		}
		await expectWholeChains();
	});

	test('two who ask each other at once are asked once, and both sides agree', async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const [eve, dan] = [await here.person(`eve${round}`), await here.person(`dan${round}`)];
			await Promise.all([
				eve.act({ kind: 'friend.ask', person: dan.person }),
				elsewhere(dan, { kind: 'friend.ask', name: `eve${round}` })
			]);
			const sides = await here.query<{ state: string }>(
				'SELECT state FROM contact WHERE person IN (?, ?) ORDER BY state',
				eve.person,
				dan.person
			);
			const states = sides.map(({ state }) => state).join();
			expect(['incoming,outgoing', 'friend,friend']).toContain(states);
		}
		await expectWholeChains();
	});

	test('after a block nothing is said, whoever was quicker', async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const [eve, dan] = [await here.person(`eva${round}`), await here.person(`don${round}`)];
			const room = directId(eve.person, dan.person);
			await eve.do({ kind: 'direct.open', room, person: dan.person });
			const [, blocked] = await Promise.all([
				eve.act({ kind: 'message.post', room, body: 'quick' }),
				elsewhere(dan, { kind: 'person.block', person: eve.person })
			]);
			expect(codeOf(blocked)).toBe('accepted');
			expect(codeOf(await eve.act({ kind: 'message.post', room, body: 'late' }))).not.toBe(
				'accepted'
			);
		}
		await expectWholeChains();
	});

	test('whoever ends an account while rooms are handed on leaves none without an owner', async () => {
		for (let round = 0; round < 5; round++) {
			const [eve, dan] = [await here.person(`eff${round}`), await here.person(`dov${round}`)];
			const room = await here.room(eve, [dan, ann]);
			await Promise.all([
				here.domain.deleteAccount(eve.person),
				there.domain.deleteAccount(dan.person),
				elsewhere(bob, { kind: 'room.join', room })
			]);
			const owners = await here.query(
				`SELECT person FROM membership WHERE room = ? AND role = 'owner' AND to_seq IS NULL`,
				room
			);
			expect(owners).toHaveLength(1);
		}
		await expectWholeChains();
	});
});
