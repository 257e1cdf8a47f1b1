/** Searching among many messages: how long an index takes to be made, how large it is, how fast it answers. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SearchIndex } from '../../server/search/search-index.ts';
import { createSqliteSource } from '../../server/search/sqlite-source.ts';
import { percentile, type Bench, type Figure } from './figure.ts';
import { openSeed } from './seed.ts';

const ROOMS = 50;
/** Queries of each kind that are timed. */
const QUERIES = 100;
/** ms that a search may take at the 95th percentile. */
const TARGET = 100;

/** Numbers from 0 to 1, the same in every run. */
function createRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
		return state / 2 ** 31;
	};
}

const SYLLABLES = 'ba co di fu ge ha in jo ka le mi no or pa qu re si ta un vo we xy zu'.split(' ');

/** Makes texts such as people write: few words and characters are frequent, most are rare. */
function createWriter(random: () => number) {
	/** A rank below `most`, small ones more often (Zipf). */
	const rank = (most: number) => Math.floor(most ** random()) - 1;
	const character = () => String.fromCharCode(0x4e00 + ((rank(3_000) * 7) % 20_000));
	function word(): string {
		let rest = rank(20_000) + 1;
		let made = '';
		for (; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) {
			made += SYLLABLES[rest % SYLLABLES.length];
		}
		return made;
	}
	const many = (most: number, make: () => string, between: string) =>
		Array.from({ length: 1 + Math.floor(most * random() ** 2) }, make).join(between);
	return {
		chinese: () => many(40, character, ''),
		latin: () => many(25, word, ' '),
		word,
		characters: (count: number) => Array.from({ length: count }, character).join('')
	};
}

/** Prepares a database; messages are put in past everything that makes a commit. @returns the bytes of all texts */
async function prepare(dataDir: string, count: number): Promise<number> {
	const seed = await openSeed(dataDir);
	const ann = await seed.person('ann');
	const rooms: string[] = [];
	for (let n = 0; n < ROOMS; n++) rooms.push(await seed.room(`room ${n}`, [ann]));
	await seed.close();
	const { chinese, latin } = createWriter(createRandom(1));
	const db = new Database(join(dataDir, 'roost.sqlite'));
	const insert = db.prepare(
		`INSERT INTO message (id, room, seq, rev, author, body, at)
		VALUES (@id, @room, @seq, @seq, @author, @body, @seq)`
	);
	let bytes = 0;
	db.transaction(() => {
		for (let n = 0; n < count; n++) {
			const body = n % 2 === 0 ? chinese() : latin();
			const room = rooms[n % ROOMS];
			insert.run({ id: `m${n}`, room, seq: 1_000 + n, author: ann.person, body });
			bytes += Buffer.byteLength(body);
		}
	})();
	db.close();
	return bytes;
}

const figure = (
	name: string,
	value: number,
	unit: string,
	note: string,
	target?: number
): Figure => ({
	name,
	value,
	unit,
	yardstick: null,
	ratio: target === undefined ? null : value / target,
	target: target ?? null,
	ok: target === undefined || value <= target,
	note
});

/** Times queries of each kind. */
function timeQueries(index: SearchIndex, rooms: { room: number; from: number }[]): Figure[] {
	const { characters, word } = createWriter(createRandom(2));
	const kinds: [string, () => string, number?][] = [
		...[1, 2, 3, 4].map((n): [string, () => string, number] => [
			`${n} Chinese character${n > 1 ? 's' : ''}`,
			() => characters(n),
			TARGET
		]),
		['1 letter', () => word().slice(0, 1), TARGET],
		['2 letters', () => word().slice(0, 2), TARGET],
		['a word', word, TARGET],
		['two words', () => `${word()} ${word()}`, TARGET],
		// What somebody might ask to cost much: half a second bounds it.
		['twelve letters', () => Array.from({ length: 12 }, () => word().slice(0, 1)).join(' ')],
		[
			'twelve pairs of letters',
			() => Array.from({ length: 12 }, () => word().slice(0, 2)).join(' ')
		],
		['a sign', () => '++', TARGET]
	];
	return kinds.map(([name, query, target]) => {
		const times = Array.from({ length: QUERIES }, () => {
			const began = performance.now();
			index.find({ query: query(), rooms, limit: 50 });
			return performance.now() - began;
		});
		const note = `p50 ${percentile(times, 0.5).toFixed(1)} ms`;
		return figure(`search: ${name}, p95`, percentile(times, 0.95), 'ms', note, target);
	});
}

async function measure(count: number): Promise<Figure[]> {
	const dataDir = mkdtempSync(join(tmpdir(), 'roost-bench-'));
	try {
		const bytes = await prepare(dataDir, count);
		const main = new Database(join(dataDir, 'roost.sqlite'), { readonly: true });
		const path = join(dataDir, 'search.sqlite');
		const began = performance.now();
		const index = new SearchIndex({ main: createSqliteSource(main), path });
		while (index.catchUp(1_000) !== 'done');
		const built = performance.now() - began;
		const again = performance.now();
		index.close();
		const opened = new SearchIndex({ main: createSqliteSource(main), path });
		const opening = performance.now() - again;
		const size = statSync(path).size;
		const numbers = main.prepare<[], number>('SELECT number FROM room').pluck().all();
		const rooms = numbers.map((room) => ({ room, from: 1 }));
		const of = `of ${count.toLocaleString('en-GB')} messages`;
		const figures = [
			figure('search: index made', built / 1_000, 's', of),
			figure('search: index opened', opening, 'ms', of),
			figure('search: index / text', size / bytes, '', `${(size / 1e6).toFixed(1)} MB`),
			...timeQueries(opened, rooms)
		];
		opened.close();
		main.close();
		return figures;
	} finally {
		rmSync(dataDir, { recursive: true, force: true });
	}
}

export const SEARCH_BENCHES: Bench[] = [
	{ name: 'search', onlyByName: true, run: () => measure(100_000) },
	{ name: 'search-large', onlyByName: true, run: () => measure(500_000) }
];
