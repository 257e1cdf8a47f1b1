/**
 * What happens inside a commit holds up everybody, so it is counted: docs/performance.md lists what each act may
 * cost at its worst.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { PREFS_MAX, PREF_SIZE_MIN } from '../../server/domain/constants.ts';
import { Act } from '../../src/lib/protocol/up.ts';
import { sqliteDomain } from '../support/little-domain.ts';
import { worstActs } from '../support/worst-acts.ts';

/** Statements of an act whose work does not grow. */
const STATEMENTS_MAX = 30;

/** Acts that change something for many, and statements for each person, room, contact or link that is changed. */
const GROWING: Record<string, number> = {
	'profile.edit': 8,
	'profile.avatar': 8,
	'invite.revoke, all of the room': 3,
	'room.edit, expelling': 5,
	'room.leave, by the owner': 1,
	'room.delete': 6,
	'account.delete': 20
};

/** Asked when nobody has registered yet; then there are guests of an import at most. */
const FIRST_ROW = "SELECT 1 FROM person WHERE email_key <> 'guest-' || id LIMIT 1";

/** Sizes of a small and a large world; both hold more people than a text may name or a small room has. */
const [SMALL, LARGE] = [55, 110];

type World = Awaited<ReturnType<typeof worstActs>>;

/** What of the database a statement walks through from end to end. */
function scansOf({ db }: World, source: string): string[] {
	const plan = db.prepare<[], { detail: string }>(
		`EXPLAIN QUERY PLAN ${source.replace(/\?|@\w+/g, '1')}`
	);
	return plan
		.all()
		.map(({ detail }) => detail)
		.filter((detail) => /^SCAN (?!CONSTANT ROW|json_each|counted$|\(subquery)/.test(detail));
}

describe('a commit', () => {
	let small: World;
	let large: World;
	beforeAll(async () => {
		small = await worstActs(SMALL);
		large = await worstActs(LARGE);
	});

	it('is measured with every kind of act', () => {
		const kinds = Act.options.map(({ entries }) => entries.kind.literal);
		expect(new Set(large.measured.map(({ kind }) => kind))).toEqual(
			new Set([...kinds, 'account.delete'])
		);
	});

	it('costs the same however many are in the room, know the actor, or have links into it', () => {
		const isFixed = ({ name }: { name: string }) => GROWING[name] === undefined;
		const cost = ({ measured }: World) =>
			measured.filter(isFixed).map(({ name, statements, rows }) => ({ name, statements, rows }));
		expect(cost(large)).toEqual(cost(small));
		const most = Math.max(...cost(large).map(({ statements }) => statements));
		expect(most).toBeLessThanOrEqual(STATEMENTS_MAX);
	});

	it('grows by a few statements for each one that is changed, where many are', () => {
		const growth = large.measured.flatMap(({ name, statements }, i) => {
			if (GROWING[name] === undefined) return [];
			return [[name, (statements - small.measured[i]!.statements) / (LARGE - SMALL)]];
		});
		expect(Object.fromEntries(growth)).toEqual(GROWING);
	});

	it('walks through no table', () => {
		const sources = [...large.sources].filter((source) => source !== FIRST_ROW);
		expect(sources.length).toBeGreaterThan(50);
		const scans = sources.flatMap((source) =>
			scansOf(large, source).map((detail) => `${detail}: ${source}`)
		);
		expect(scans).toEqual([]);
	});
});

describe('what is kept besides messages', () => {
	it('has an end: of a message that is edited again and again, a few earlier texts', async () => {
		const { db, person, room: newRoom } = await sqliteDomain();
		const owner = await person('owner');
		const room = await newRoom(owner);
		const message = await owner.do({ kind: 'message.post', room, body: 'first' });
		for (let n = 1; n <= 25; n++) {
			await owner.do({ kind: 'message.edit', room, message, body: `text ${n}` });
		}
		const kept = db.prepare<[], string>('SELECT body FROM revision ORDER BY rev').pluck();
		expect(kept.all()).toEqual(Array.from({ length: 20 }, (_, n) => `text ${n + 5}`));
		await owner.do({ kind: 'message.recall', room, message });
		expect(kept.all()).toEqual([]);
	});

	it('has an end: of one person, so many preferences, however short', async () => {
		const { db, person } = await sqliteDomain();
		const owner = await person('owner');
		const most = Math.floor(PREFS_MAX / PREF_SIZE_MIN);
		db.prepare(
			`INSERT INTO pref (person, key, rev, value) WITH RECURSIVE n(i) AS
			(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT ?, 'k' || i, 0, '' FROM n`
		).run(most - 1, owner.person);
		const set = (key: string) => owner.outcome({ kind: 'pref.set', key, value: '1' });
		expect(await set('last')).toBe('accepted');
		db.prepare("INSERT INTO pref (person, key, rev, value) VALUES (?, 'over', 0, '')").run(
			owner.person
		);
		expect(await set('more')).toBe('quota_exceeded');
	});
});
