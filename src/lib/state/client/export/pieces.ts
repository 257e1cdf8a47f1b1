/** Writes the messages of a conversation into an export, in pieces, each with the files that its messages carry. */
import type { Cache } from '../../../db/cache.ts';
import type { RoomProgress, RoomStep } from '../../../export/journal.ts';
import { pathOfFile } from '../../../export/names.ts';
import { dataScript } from '../../../export/pages.ts';
import { messageRecord, type Names, type Piece } from '../../../export/records.ts';
import type { ZipEntry, ZipWriter } from '../../../export/zip-writer.ts';
import type { Card, FileCard, MessageRow } from '../../../protocol/change.ts';
import type { RoomId } from '../../../protocol/ids.ts';
import type { Hub } from '../../../sync/engine/hub.ts';
import { roomPages } from './room-pages.ts';

/** Messages of one piece at most; and bytes of their files, after which a piece is closed. */
const PIECE_MESSAGES = 1_000;
const PIECE_BYTES = 100 * 1024 * 1024;

export interface PieceParts {
	cache: Cache;
	hub: Pick<Hub, 'ask'>;
	/** the bytes of a file, from this device or the server; null: nobody has them any more. Rejects with TypeError when they cannot be had now */
	fetchFile: (id: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array> | null>;
	zip: ZipWriter;
	/** of the conversation within the archive */
	folder: string;
	signal: AbortSignal;
	passesOver: boolean;
}

/** What was written for one step. */
interface WrittenPiece {
	step: RoomStep;
	entries: ZipEntry[];
}

/** Messages that are collected until they are a piece. */
interface Collected {
	rows: MessageRow[];
	cards: Card[];
	missing: [number, number][];
	bytes: number;
	/** the seq up to which it goes */
	to: number;
}

const collected = (to: number): Collected => ({ rows: [], cards: [], missing: [], bytes: 0, to });

const filesOf = (row: MessageRow): readonly FileCard[] => (row.deleted ? [] : (row.files ?? []));

/** Names of everybody whom a piece tells of. */
async function namesOf(cache: Cache, { rows, cards }: Collected): Promise<Names> {
	const numbers = new Set(
		rows.flatMap((row) => (row.reactions ?? []).flatMap(([, people]) => people))
	);
	const [kept, reacting] = await Promise.all([
		cache.cards([...new Set(rows.map((row) => row.author))]),
		cache.cardsByNumber([...numbers])
	]);
	const all = [...cards, ...kept, ...reacting];
	return {
		byId: new Map(all.map((card) => [card.id, card])),
		byNumber: new Map(all.map((card) => [card.number, card]))
	};
}

async function* readerOf(
	stream: ReadableStream<Uint8Array>,
	signal: AbortSignal
): AsyncGenerator<Uint8Array> {
	const reader = stream.getReader();
	for (;;) {
		signal.throwIfAborted();
		const { done, value } = await reader.read();
		if (done) return;
		yield value;
	}
}

/** Writes a file; null: it cannot be had. */
async function writeFile(
	{ fetchFile, zip, signal, passesOver }: PieceParts,
	path: string,
	file: FileCard,
	at: number
): Promise<ZipEntry | null> {
	let stream: ReadableStream<Uint8Array> | null;
	try {
		stream = await fetchFile(file.id, signal);
	} catch (error) {
		signal.throwIfAborted();
		if (passesOver && error instanceof TypeError) return null;
		throw error;
	}
	return stream && zip.stream(path, readerOf(stream, signal), at, file.size);
}

/** Writes the files of a piece; answers the entries, and the paths of those that cannot be had. */
async function writeFiles(parts: PieceParts, rows: readonly MessageRow[]) {
	const entries: ZipEntry[] = [];
	const missing: string[] = [];
	for (const row of rows) {
		for (const [n, file] of filesOf(row).entries()) {
			const path = pathOfFile(row.seq, n, file);
			const entry = await writeFile(parts, `${parts.folder}/${path}`, file, row.at);
			if (entry) entries.push(entry);
			else missing.push(path);
		}
	}
	return { entries, missing };
}

async function writePiece(
	parts: PieceParts,
	part: Collected,
	n: number,
	head: number
): Promise<WrittenPiece> {
	const { cache, zip, folder } = parts;
	const step: RoomStep = {
		head,
		next: part.to + 1,
		piece: null,
		messages: part.missing,
		files: []
	};
	const [first] = part.rows;
	const last = part.rows.at(-1);
	if (!first || !last) return { step, entries: [] };
	const names = await namesOf(cache, part);
	const messages = part.rows.map((row) => messageRecord(row, names));
	const name = String(n).padStart(6, '0');
	const lines = messages.map((message) => `${JSON.stringify(message)}\n`).join('');
	const data = dataScript({ kind: 'piece', n, messages });
	const entries = [
		await zip.add(`${folder}/messages/${name}.jsonl`, lines, last.at),
		await zip.add(`${folder}/data/${name}.js`, data, last.at)
	];
	const files = await writeFiles(parts, part.rows);
	const piece: Piece = {
		n,
		from: first.seq,
		to: last.seq,
		since: first.at,
		until: last.at,
		messages: messages.length
	};
	return {
		step: { ...step, piece, files: files.missing },
		entries: [...entries, ...files.entries]
	};
}

/** Writes what is left of a conversation. Rejects as `Exports.run` does. */
export async function* pieces(
	parts: PieceParts,
	room: RoomId,
	{ head, next, pieces: before }: RoomProgress
): AsyncGenerator<WrittenPiece> {
	let n = before.length + 1;
	let part = collected(next - 1);
	for await (const page of roomPages(parts, room, next, head)) {
		parts.signal.throwIfAborted();
		if (page.isMissing) part.missing.push([part.to + 1, page.to]);
		part.cards.push(...page.cards);
		for (const row of page.rows) {
			part.rows.push(row);
			part.to = row.seq;
			part.bytes += filesOf(row).reduce((sum, file) => sum + file.size, 0);
			if (part.rows.length < PIECE_MESSAGES && part.bytes < PIECE_BYTES) continue;
			yield await writePiece(parts, part, n++, head);
			part = { ...collected(row.seq), cards: page.cards };
		}
		part.to = page.to;
	}
	if (part.to >= next) {
		const isNews = part.rows.length > 0 || part.missing.length > 0;
		if (isNews) yield await writePiece(parts, part, n, head);
	}
}
