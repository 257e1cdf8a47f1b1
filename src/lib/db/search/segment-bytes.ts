/**
 * A segment as it is kept: the texts, then columns of small numbers, all of it compressed. zlib's form carries a
 * checksum, so that what a disk has damaged is told from what was written.
 */
import type { PersonId } from '../../protocol/ids.ts';
import { makeSegment, type Entry, type Segment } from './segment.ts';
import { NumberReader, NumberWriter } from './varints.ts';

/** The form of the bytes; another one is made anew. */
const FORM = 1;
const COMPRESSION = 'deflate';
/** Bytes of an id. */
const ID_BYTES = 16;

function writeId(writer: NumberWriter, id: PersonId): void {
	const hex = id.replaceAll('-', '');
	for (let i = 0; i < ID_BYTES; i++)
		writer.bytes.push(Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function readId(reader: NumberReader): PersonId {
	const hex = Array.from(reader.take(ID_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(
		''
	);
	return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Seqs follow one another but for what nobody said: the length of each run, and of the gap before it. */
function writeSeqs(writer: NumberWriter, entries: readonly Entry[]): void {
	let next = 0;
	for (let n = 0; n < entries.length;) {
		const from = entries[n]!.seq;
		let run = 1;
		while (entries[n + run]?.seq === from + run) run++;
		writer.count(from - next);
		writer.count(run);
		next = from + run;
		n += run;
	}
}

function readSeqs(reader: NumberReader, count: number): number[] {
	const seqs: number[] = [];
	let next = 0;
	while (seqs.length < count) {
		next += reader.count();
		const run = reader.count();
		if (run === 0 || seqs.length + run > count) throw new RangeError('a run of seqs was expected');
		for (let n = 0; n < run; n++) seqs.push(next++);
	}
	return seqs;
}

/** What follows the texts: numbers that are alike stand together. */
function columnsOf(entries: readonly Entry[]): Uint8Array<ArrayBuffer> {
	const writer = new NumberWriter();
	const authors = [...new Set(entries.map(({ author }) => author))];
	const places = new Map(authors.map((author, place) => [author, place]));
	writer.count(entries.length);
	writer.count(authors.length);
	for (const author of authors) writeId(writer, author);
	writeSeqs(writer, entries);
	entries.forEach(({ second }, n) => writer.signed(second - (entries[n - 1]?.second ?? 0)));
	for (const { author, hasFile } of entries)
		writer.count(2 * places.get(author)! + Number(hasFile));
	return Uint8Array.from(writer.bytes);
}

function readColumns(reader: NumberReader): Entry[] {
	const count = reader.count();
	const authors = Array.from({ length: reader.count() }, () => readId(reader));
	const seqs = readSeqs(reader, count);
	let second = 0;
	const seconds = seqs.map(() => (second += reader.signed()));
	return seqs.map((seq, n) => {
		const said = reader.count();
		const author = authors[said >> 1];
		if (author === undefined) throw new RangeError('an author was expected');
		return { seq, second: seconds[n]!, author, hasFile: said % 2 === 1 };
	});
}

/** Sends bytes through a stream that changes them. */
async function through(
	bytes: Uint8Array<ArrayBuffer>,
	change: CompressionStream | DecompressionStream
): Promise<Uint8Array<ArrayBuffer>> {
	const writer = change.writable.getWriter();
	const changed = new Response(change.readable).arrayBuffer();
	await Promise.all([writer.write(bytes), writer.close(), changed]);
	return new Uint8Array(await changed);
}

/** The bytes of a segment. */
export async function packSegment({ entries, text }: Segment): Promise<Uint8Array> {
	const texts = new TextEncoder().encode(text.cased);
	const header = new NumberWriter();
	header.count(FORM);
	header.count(texts.length);
	const parts = [Uint8Array.from(header.bytes), texts, columnsOf(entries)];
	const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
	return through(whole, new CompressionStream(COMPRESSION));
}

/** The segment again; rejects when these are not the bytes of one. */
export async function unpackSegment(bytes: Uint8Array): Promise<Segment> {
	const whole = await through(Uint8Array.from(bytes), new DecompressionStream(COMPRESSION));
	const reader = new NumberReader(whole);
	if (reader.count() !== FORM) throw new RangeError('another form');
	const texts = reader.take(reader.count());
	const cased = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(texts);
	return makeSegment(readColumns(reader), cased);
}
