/**
 * Three forms of an index on the device, of the same messages, one after the other; runs in a browser. The two that
 * were not chosen are made as simple as they can be, and propose messages without looking at them.
 */
import { Dexie, type Table } from 'dexie';
import { chatTexts } from './chat-texts.ts';
import { uuid7 } from '../../src/lib/protocol/ids.ts';
import { parseQuery } from '../../src/lib/search/query.ts';
import { termsOf, termsOfQuery, type QueryTerm } from '../../src/lib/search/terms.ts';
import { message } from '../contract/rows.ts';
import { scan } from '../../src/lib/db/search/scan.ts';
import { segmentOf, type Segment } from '../../src/lib/db/search/segment.ts';
import { packSegment, unpackSegment } from '../../src/lib/db/search/segment-bytes.ts';
import { NumberWriter } from '../../src/lib/db/search/varints.ts';
import { readRequest } from '../../src/lib/db/search/wanted.ts';

/** Messages of one segment. */
const EACH = 1_000;

/** What one form costs. */
interface FormCost {
	form: string;
	/** of the UTF-8 bytes of the texts */
	size: number;
	/** ms */
	built: number;
	/** ms of each query, with everything in memory that can be */
	took: number[];
}

type Find = (query: string) => Promise<number>;
interface Made {
	bytes: number;
	find: Find;
}

const queryTerms = (query: string): QueryTerm[] => termsOfQuery(parseQuery(query));

/** Ids that are in all lists. */
function common(lists: number[][]): number[] {
	const [first = [], ...others] = lists.sort((a, b) => a.length - b.length);
	const sets = others.map((list) => new Set(list));
	return first.filter((one) => sets.every((set) => set.has(one)));
}

const usage = async (): Promise<number> => (await navigator.storage.estimate()).usage ?? 0;

/** A row for each message, found by each of its terms. */
async function multiEntry(texts: string[]): Promise<Made> {
	const before = await usage();
	const db = new Dexie(uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10))));
	db.version(1).stores({ terms: 'n, *terms' });
	const table: Table<{ n: number; terms: string[] }, number> = db.table('terms');
	for (let from = 0; from < texts.length; from += EACH) {
		const part = texts.slice(from, from + EACH);
		await table.bulkPut(part.map((text, n) => ({ n: from + n, terms: [...termsOf(text)] })));
	}
	const keysOf = ({ term, prefix }: QueryTerm): PromiseLike<number[]> => {
		const index = table.where('terms');
		return (prefix ? index.startsWith(term) : index.equals(term)).primaryKeys();
	};
	return {
		bytes: (await usage()) - before,
		find: async (query) => common(await Promise.all(queryTerms(query).map(keysOf))).length
	};
}

type Postings = Map<string, number[]>;

function postingsOf(texts: string[]): Postings {
	const postings: Postings = new Map();
	texts.forEach((text, n) => {
		for (const term of termsOf(text)) {
			const list = postings.get(term);
			if (list) list.push(n);
			else postings.set(term, [n]);
		}
	});
	return new Map([...postings].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function deflated(parts: Uint8Array<ArrayBuffer>[]): Promise<number> {
	const stream = new Blob(parts).stream().pipeThrough(new CompressionStream('deflate'));
	return (await new Response(stream).arrayBuffer()).byteLength;
}

/** Lists of messages for each term, by the thousand. */
async function postingSegments(texts: string[]): Promise<Made> {
	const segments: Postings[] = [];
	let bytes = 0;
	for (let from = 0; from < texts.length; from += EACH) {
		const postings = postingsOf(texts.slice(from, from + EACH));
		const numbers = new NumberWriter();
		for (const list of postings.values()) {
			numbers.count(list.length);
			list.forEach((n, i) => numbers.count(n - (list[i - 1] ?? 0)));
		}
		const names = new TextEncoder().encode([...postings.keys()].join('\n'));
		bytes += await deflated([names, Uint8Array.from(numbers.bytes)]);
		segments.push(postings);
	}
	const listOf = (postings: Postings, { term, prefix }: QueryTerm): number[] =>
		prefix
			? [...postings].flatMap(([one, list]) => (one.startsWith(term) ? list : []))
			: (postings.get(term) ?? []);
	return {
		bytes,
		find: async (query) => {
			const terms = queryTerms(query);
			return segments.reduce(
				(sum, one) => sum + common(terms.map((term) => listOf(one, term))).length,
				0
			);
		}
	};
}

/** What was chosen. */
async function textSegments(texts: string[]): Promise<Made> {
	let bytes = 0;
	const segments: Segment[] = [];
	for (let from = 0; from < texts.length; from += EACH) {
		const part = texts.slice(from, from + EACH);
		const rows = part.map((body, n) => message('room', n + 1, { body }));
		const packed = await packSegment(segmentOf(rows));
		bytes += packed.length;
		segments.push(await unpackSegment(packed));
	}
	return {
		bytes,
		find: async (query) => {
			const wanted = readRequest({ query, limit: 50 })!;
			return segments.reduce((sum, one) => sum + [...scan(one, wanted)].length, 0);
		}
	};
}

const FORMS = {
	'multi-entry index of terms': multiEntry,
	'postings by the thousand': postingSegments,
	'texts by the thousand': textSegments
};

/** Makes each form of the same texts, and asks each the same. */
async function compareForms(messages: number, queries: string[]): Promise<FormCost[]> {
	const write = chatTexts(1);
	const texts = Array.from({ length: messages }, write);
	const size = new TextEncoder().encode(texts.join('')).length;
	const costs: FormCost[] = [];
	for (const [form, make] of Object.entries(FORMS)) {
		const begun = performance.now();
		const { bytes, find } = await make(texts);
		const built = performance.now() - begun;
		const took: number[] = [];
		for (const query of queries) {
			const asked = performance.now();
			await find(query);
			took.push(performance.now() - asked);
		}
		costs.push({ form, size: bytes / size, built, took });
	}
	return costs;
}

declare global {
	interface Window {
		compareForms: typeof compareForms;
	}
}
window.compareForms = compareForms;
