/** Exports for tests: small files of the true form, from what is said of them. */
import { writeFileSync } from 'node:fs';
import type { MessageRecord, PersonRecord, RoomRecord } from '../../src/lib/export/records.ts';
import { ZipWriter } from '../../src/lib/export/zip-writer.ts';

/** A room of an export, with what is said in it and the bytes of its files by their paths. */
export interface ExportedRoom {
	room: Partial<RoomRecord> & Pick<RoomRecord, 'id' | 'members'>;
	messages: MessageRecord[];
	files?: Record<string, Uint8Array>;
}

export const MADE = Date.UTC(2026, 0, 2);
export const SERVER = 'https://old.example.org';

export function roomRecord({ room, messages }: ExportedRoom): RoomRecord {
	const [first, last] = [messages[0], messages.at(-1)];
	const piece = first &&
		last && {
			...{ n: 1, from: first.seq, to: last.seq, since: first.at, until: last.at },
			messages: messages.length
		};
	return {
		format: 'roost-export',
		version: 1,
		made: MADE,
		server: SERVER,
		name: 'Garden',
		description: '',
		private: false,
		owner: room.members[0]!.person.id,
		at: first?.at ?? MADE,
		head: last?.seq ?? 1,
		messages: messages.length,
		pieces: piece ? [piece] : [],
		missing: { messages: [], files: [] },
		...room
	};
}

/** Writes entries into a .zip. */
export async function writeZip(
	path: string,
	entries: Record<string, string | Uint8Array>
): Promise<void> {
	const parts: Uint8Array[] = [];
	const zip = new ZipWriter(async (bytes) => void parts.push(bytes));
	for (const [name, content] of Object.entries(entries)) await zip.add(name, content, MADE);
	await zip.finish();
	writeFileSync(path, Buffer.concat(parts));
}

/** The entries of an export, by name. */
export function exportEntries(rooms: ExportedRoom[]): Record<string, string | Uint8Array> {
	const by: PersonRecord = rooms[0]!.room.members[0]!.person;
	const entries: Record<string, string | Uint8Array> = {};
	const listed = rooms.map((one, n) => {
		const { id, name, messages } = roomRecord(one);
		return { id, name, folder: `room-${n}`, messages };
	});
	for (const [n, one] of rooms.entries()) {
		entries[`room-${n}/room.json`] = JSON.stringify(roomRecord(one));
		entries[`room-${n}/messages/000001.jsonl`] = one.messages
			.map((message) => `${JSON.stringify(message)}\n`)
			.join('');
		for (const [path, bytes] of Object.entries(one.files ?? {}))
			entries[`room-${n}/${path}`] = bytes;
	}
	const about = { format: 'roost-export', version: 1, made: MADE, server: SERVER, by };
	entries['export.json'] = JSON.stringify({ ...about, rooms: listed });
	return entries;
}

export const writeExport = (path: string, rooms: ExportedRoom[]): Promise<void> =>
	writeZip(path, exportEntries(rooms));
