/** What searching on the server has to do, whatever database it stands on. */
import fc from 'fast-check';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import { isSaid } from '../../src/lib/protocol/change.ts';
import { directId } from '../../src/lib/protocol/ids.ts';
import type { SearchRequest } from '../../src/lib/protocol/search.ts';
import { isEmptySearch } from '../../src/lib/search/empty-search.ts';
import { matches } from '../../src/lib/search/match.ts';
import { parseQuery } from '../../src/lib/search/query.ts';
import { searchableText } from '../../src/lib/search/searchable-text.ts';
import type { Somebody } from '../support/little-domain.ts';
import { VECTORS } from './search-vectors.ts';
import type { SearchWorld } from './search-world.ts';
import type { Suite } from './suite.ts';

/** Pieces of texts and of queries that have broken indexes, or look as if they might. */
const PIECES = [
	...['离线', '聊天室', '离', '数据', '的', 'カﾞ', 'がな', '각', '안녕', 'ไทย', '𠮷野家'],
	...['getUserName', 'user_id', 'HTTPServer2', 'v10.4', 'don’t', "don't", 'ﬁn', 'İstanbul', 'ΟΔΟΣ'],
	...[
		'cafe\u0301',
		'café',
		'👍🏽',
		'👩‍👩‍👧',
		'C++',
		'#',
		'"',
		'“',
		'*',
		'^',
		'-',
		':',
		'(',
		')',
		'NEAR('
	],
	...['AND', 'OR', 'NOT', 'term:', '{', 'a', 'ab', 'b c', '\ue000r1', '\ue000', '\u0000', '\ud83d'],
	...['\u200d', '\u0301', '%', '_', "'", ';--', '\\', '\n', '\u3000', 'x'.repeat(60)]
];
const hostile = (maxLength: number) =>
	fc
		.array(
			fc.oneof(
				fc.constantFrom(...PIECES),
				fc.constant(' '),
				fc.string({ unit: 'binary', maxLength: 3 })
			),
			{
				maxLength
			}
		)
		.map((parts) => parts.join(''));

interface Said {
	text: string;
	by: 0 | 1;
	where: 0 | 1 | 2;
}
const said = fc.record<Said>({
	text: hostile(8),
	by: fc.constantFrom(0, 1),
	where: fc.constantFrom(0, 1, 2)
});
/** What is done to messages after they were said. */
const fate = fc.constantFrom('stay', 'stay', 'edit', 'recall', 'react');

/** Runs the contract. @param open makes an empty world; it is closed by the test */
export function messageSearchContract(
	{ test, expect }: Suite,
	open: () => Promise<SearchWorld>
): void {
	async function inWorld(run: (world: SearchWorld) => Promise<void>): Promise<void> {
		const world = await open();
		try {
			await run(world);
		} finally {
			await world.close();
		}
	}
	const say = (by: Somebody, room: string, body: string) =>
		by.do({ kind: 'message.post', room, body });

	test('finds what the vectors say, and nothing else (HTTP-19)', () =>
		inWorld(async (world) => {
			const ann = await world.person('ann');
			const room = await world.room(ann);
			const ids = new Map<string, string>();
			for (const { text } of VECTORS) {
				if (!ids.has(text)) ids.set(text, await say(ann, room, text));
			}
			for (const { text, query, found } of VECTORS) {
				const ids_ = await world.findAll(ann, { query });
				expect([text, query, ids_.includes(ids.get(text)!)]).toEqual([text, query, found]);
			}
		}));

	test('finds exactly what a look at every message finds, whatever was said and asked (HTTP-19)', () =>
		fc.assert(
			fc.asyncProperty(
				fc.array(said, { minLength: 1, maxLength: 12 }),
				fc.array(fate, { minLength: 12, maxLength: 12 }),
				fc.array(hostile(3), { minLength: 1, maxLength: 6 }),
				(texts, fates, queries) =>
					inWorld(async (world) => {
						const people = [await world.person('ann'), await world.person('bob')] as const;
						const [ann, bob] = people;
						const rooms = await threeRooms(world, ann, bob);
						await sayAll(people, rooms, texts, fates);
						const rows = (await Promise.all(rooms.map((room) => ann.rows(room)))).flat();
						const messages = rows.filter((row) => row.kind === 'message').filter(isSaid);
						for (const ask of asksOf(queries, rooms, people, messages)) {
							if (isEmptySearch({ query: '', ...ask })) {
								const refused = await world.ask(ann, ask).catch((error: Error) => error);
								expect(refused).toMatchObject({ message: 'malformed' });
								continue;
							}
							const expected = messages.filter((row) => isMeant(row, ask, rooms[2]));
							const ids = await world.findAll(ann, ask);
							expect([ask, ids]).toEqual([ask, newestFirst(expected)]);
						}
					})
			),
			{ numRuns: 25 }
		));

	test('finds only what one may read at this moment (promise 11, HTTP-24)', () =>
		inWorld(async (world) => {
			const [ann, bob] = [await world.person('ann'), await world.person('bob')];
			const room = await world.room(ann, [], 'secret');
			await say(ann, room, 'needle before');
			await bob.do({ kind: 'room.join', room, password: 'secret' });
			world.hideBefore(bob, room);
			const seen = await say(ann, room, 'needle during');
			expect(await world.findAll(bob, { query: 'needle' })).toEqual([seen]);
			expect((await world.findAll(ann, { query: 'needle' })).length).toBe(2);
			await ann.do({ kind: 'member.remove', room, person: bob.person });
			await say(ann, room, 'needle after');
			expect(await world.findAll(bob, { query: 'needle' })).toEqual([]);
			expect(await world.findAll(bob, { query: 'needle', rooms: [room] })).toEqual([]);
			expect(await world.findAll(bob, { query: '', author: ann.person, rooms: [room] })).toEqual(
				[]
			);
			expect((await world.findAll(ann, { query: 'needle' })).length).toBe(3);
		}));

	test('what happens between looking and answering counts (promise 11, HTTP-24)', () =>
		inWorld(async (world) => {
			const [ann, bob] = [await world.person('ann'), await world.person('bob')];
			const room = await world.room(ann, [bob]);
			const message = await say(ann, room, 'needle in hay');
			const findAfter = (meanwhile: object) => {
				world.meanwhile(() => ann.do(meanwhile as never));
				return world.findAll(bob, { query: 'needle' });
			};
			const react = { kind: 'message.react', room, message, emoji: '👍', on: true };
			expect(await findAfter(react)).toEqual([message]);
			const edit = { kind: 'message.edit', room, message };
			expect(await findAfter({ ...edit, body: 'the needle' })).toEqual([message]);
			expect(await findAfter({ ...edit, body: 'the hay' })).toEqual([]);
			await ann.do({ ...edit, body: 'needle' } as never);
			expect(await findAfter({ kind: 'member.remove', room, person: bob.person })).toEqual([]);
			await bob.do({ kind: 'room.join', room });
			expect(await findAfter({ kind: 'message.recall', room, message })).toEqual([]);
		}));

	test('a block takes nothing away of what can be read, and lets nothing new come to be found', () =>
		inWorld(async (world) => {
			const [ann, bob] = [await world.person('ann'), await world.person('bob')];
			const room = directId(ann.person, bob.person);
			await ann.do({ kind: 'direct.open', room, person: bob.person });
			const before = await say(bob, room, 'needle');
			await ann.do({ kind: 'person.block', person: bob.person });
			expect(await bob.outcome({ kind: 'message.post', room, body: 'needle' })).toBe(
				'person_unavailable'
			);
			for (const one of [ann, bob]) {
				expect(await world.findAll(one, { query: 'needle', direct: true })).toEqual([before]);
			}
		}));

	test('what was edited is found by its new words only, what was recalled by none', () =>
		inWorld(async (world) => {
			const ann = await world.person('ann');
			const room = await world.room(ann);
			const message = await say(ann, room, 'needle');
			expect(await world.findAll(ann, { query: 'needle' })).toEqual([message]);
			await ann.do({ kind: 'message.edit', room, message, body: 'haystack' });
			expect(await world.findAll(ann, { query: 'needle' })).toEqual([]);
			expect(await world.findAll(ann, { query: 'haystack' })).toEqual([message]);
			await ann.do({ kind: 'message.react', room, message, emoji: '👍', on: true });
			expect(await world.findAll(ann, { query: 'haystack' })).toEqual([message]);
			await ann.do({ kind: 'message.recall', room, message });
			expect(await world.findAll(ann, { query: 'haystack' })).toEqual([]);
			expect(await world.findAll(ann, { query: '', rooms: [room] })).toEqual([]);
		}));

	test('nothing of a room that was deleted is found until it is restored', () =>
		inWorld(async (world) => {
			const ann = await world.person('ann');
			const room = await world.room(ann);
			await say(ann, room, 'needle');
			expect((await world.findAll(ann, { query: 'needle' })).length).toBe(1);
			await ann.do({ kind: 'room.delete', room });
			expect(await world.findAll(ann, { query: 'needle', rooms: [room] })).toEqual([]);
			expect(await world.findAll(ann, { query: 'needle' })).toEqual([]);
			// By the first account, the administrator's.
			await world.domain.administer(ann.person, { kind: 'admin.room-restore', room });
			expect((await world.findAll(ann, { query: 'needle' })).length).toBe(1);
		}));

	test('what somebody said stays to be found when the account has ended, as it stays to be read', () =>
		inWorld(async (world) => {
			const [ann, bob] = [await world.person('ann'), await world.person('bob')];
			const room = await world.room(ann, [bob]);
			const message = await say(bob, room, 'needle');
			await world.domain.deleteAccount(bob.person);
			expect(await world.findAll(ann, { query: 'needle', author: bob.person })).toEqual([message]);
			expect(await world.findAll(bob, { query: 'needle' })).toEqual([]);
		}));

	test('whoever is in very many rooms finds what is said in each of them', () =>
		inWorld(async (world) => {
			const ann = await world.person('ann');
			const rooms: string[] = [];
			for (let n = 0; n < 120; n++) rooms.push(await world.room(ann));
			const ids = await Promise.all(rooms.map((room) => say(ann, room, 'needle')));
			for (const count of [1, 99, 100, 101, 120]) {
				const found = await world.findAll(ann, { query: 'needle', rooms: rooms.slice(0, count) });
				expect(found.sort()).toEqual(ids.slice(0, count).sort());
			}
			expect((await world.findAll(ann, { query: 'needle' })).length).toBe(120);
		}));

	test('pages go on where the one before ended, the latest first', () =>
		inWorld(async (world) => {
			const ann = await world.person('ann');
			const room = await world.room(ann);
			const ids: string[] = [];
			for (let n = 0; n < 7; n++) ids.push(await say(ann, room, `needle ${n}`));
			const first = await world.search(ann, { query: 'needle', limit: 3 });
			expect(first.rows.map(({ body }) => body)).toEqual(['needle 6', 'needle 5', 'needle 4']);
			expect(first.cards.map(({ name }) => name)).toEqual(['ann']);
			expect(await world.findAll(ann, { query: 'needle', limit: 3 })).toEqual(ids.toReversed());
			expect((await world.search(ann, { query: 'needle', limit: 7 })).next).toBe(null);
		}));
}

/** A room of both, one of the first alone, and their conversation. */
async function threeRooms(
	world: SearchWorld,
	ann: Somebody,
	bob: Somebody
): Promise<[string, string, string]> {
	const direct = directId(ann.person, bob.person);
	await ann.do({ kind: 'direct.open', room: direct, person: bob.person });
	return [await world.room(ann, [bob]), await world.room(ann), direct];
}

async function sayAll(
	people: readonly [Somebody, Somebody],
	rooms: readonly string[],
	texts: Said[],
	fates: string[]
): Promise<void> {
	const posted: { by: Somebody; room: string; id: string }[] = [];
	for (const { text, by, where } of texts) {
		const room = rooms[where]!;
		const one = people[where === 1 ? 0 : by];
		// What shows nothing is refused.
		const result = await one.act({ kind: 'message.post', room, body: text });
		if (result.status === 'accepted') posted.push({ by: one, room, id: result.id });
	}
	for (const [at, { by, room, id: message }] of posted.entries()) {
		const body = texts.at(-1 - at)!.text;
		if (fates[at] === 'edit') await by.act({ kind: 'message.edit', room, message, body });
		if (fates[at] === 'recall') await by.do({ kind: 'message.recall', room, message });
		if (fates[at] === 'react')
			await by.do({ kind: 'message.react', room, message, emoji: '👍', on: true });
	}
}

/** Each query by itself and with filters. */
function asksOf(
	queries: string[],
	rooms: readonly string[],
	[, bob]: readonly [Somebody, Somebody],
	messages: MessageRow[]
): Partial<SearchRequest>[] {
	const some = messages[Math.floor(messages.length / 2)];
	const parts = some ? [...some.body].slice(1, 4).join('') : '';
	const filters: Partial<SearchRequest>[] = [
		{},
		{ rooms: [rooms[0]!, rooms[1]!] },
		{ direct: true },
		{ author: bob.person, limit: 2 },
		{ hasFile: true },
		...(some ? [{ after: some.at }, { before: some.at }] : [])
	];
	return [...queries, parts, ''].flatMap((query) =>
		filters.map((filter) => ({ query: query.slice(0, 200), ...filter }))
	);
}

/** The rule, for one message. */
function isMeant(row: MessageRow, ask: Partial<SearchRequest>, direct: string): boolean {
	const query = parseQuery(ask.query ?? '');
	return (
		(ask.rooms?.includes(row.room) ?? true) &&
		(!ask.direct || row.room === direct) &&
		(ask.author === undefined || row.author === ask.author) &&
		(!ask.hasFile || row.files !== undefined) &&
		row.at >= (ask.after ?? 0) &&
		row.at < (ask.before ?? Infinity) &&
		(query.pieces.length === 0 || matches(searchableText(row), query))
	);
}

const newestFirst = (messages: MessageRow[]): string[] =>
	messages.sort((a, b) => b.number - a.number).map(({ id }) => id);
