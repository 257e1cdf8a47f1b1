/** Reads what "Export conversation" and "Export everything" write: docs/export.md. */
import { basename } from 'node:path';
import type * as v from 'valibot';
import { ExportRecord, MessageRecord, RoomRecord } from '../../src/lib/export/records.ts';
import { directId, isDirectId, UUID7 } from '../../src/lib/protocol/ids.ts';
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { ImportError } from './import-error.ts';
import { checked, linesOf, parseJson } from './lines.ts';
import { lose, type Losses, type Source, type SourceMessage, type SourceRoom } from './source.ts';
import { ZipFile } from './zip-reader.ts';

/** Bytes of a document that is read at once: a conversation of 100,000 people. */
const DOCUMENT_MAX = 16 << 20;
const ROOMS_MAX = 50_000;
/** ms by which another server's clock may be ahead of this one. */
const AHEAD = 86_400_000;

type Room = SourceRoom & { folder: string; pieces: RoomRecord['pieces'] };

/** Opens an export. @param now ms */
export async function openRoostExport(path: string, now: number): Promise<Source> {
	const zip = await ZipFile.open(path, basename(path));
	try {
		const about = await document(zip, 'export.json', ExportRecord);
		if (about.rooms.length > ROOMS_MAX) {
			throw new ImportError(`${zip.name}, export.json`, `more than ${ROOMS_MAX} conversations`);
		}
		return new RoostExport(zip, about, now);
	} catch (cause) {
		await zip.close();
		throw cause;
	}
}

async function document<S extends v.GenericSchema>(
	zip: ZipFile,
	name: string,
	schema: S
): Promise<v.InferOutput<S>> {
	const place = `${zip.name}, ${name}`;
	const entry = zip.entry(name);
	if (!entry) throw new ImportError(place, 'not in the file; is it an export of Roost?');
	return checked(
		schema,
		parseJson((await zip.bytes(entry, DOCUMENT_MAX)).toString('utf8'), place),
		place
	);
}

class RoostExport implements Source {
	readonly origin: string;
	readonly isClean = true;
	readonly losses: Losses = new Map();
	readonly #zip: ZipFile;
	readonly #about: ExportRecord;
	readonly #now: number;

	constructor(zip: ZipFile, about: ExportRecord, now: number) {
		this.#zip = zip;
		this.#about = about;
		this.#now = now;
		this.origin = about.server;
	}

	async *people(): AsyncGenerator<never> {}

	async *rooms(): AsyncGenerator<Room> {
		for (const { id, folder } of this.#about.rooms) {
			const name = `${folder}/room.json`;
			const room = await document(this.#zip, name, RoomRecord);
			const place = `${this.#zip.name}, ${name}`;
			if (room.id !== id)
				throw new ImportError(place, 'of another conversation than export.json says');
			this.#checkPeople(room, place);
			for (const [from, to] of room.missing.messages) {
				lose(this.losses, 'messages that the export says it could not have', to - from + 1);
			}
			const { description, owner, at, members, pieces } = room;
			const direct = room.direct === true;
			yield {
				id,
				name: room.name,
				description,
				private: room.private,
				direct,
				owner,
				at,
				members,
				place,
				folder,
				pieces
			};
		}
	}

	/** Ids of a conversation of two come from theirs; every other id is of the form that devices make. */
	#checkPeople({ id, direct, members }: RoomRecord, place: string): void {
		const strange = members.find(({ person }) => !UUID7.test(person.id));
		if (strange) throw new ImportError(place, `"${strange.person.id}" is no id of a person`);
		if ((direct === true) !== isDirectId(id))
			throw new ImportError(place, 'its id is not of its kind');
		const [one, other] = members;
		if (direct !== true) return;
		if (members.length !== 2 || directId(one!.person.id, other!.person.id) !== id) {
			throw new ImportError(place, 'not the conversation of the two who are in it');
		}
	}

	async *messages(room: SourceRoom): AsyncGenerator<SourceMessage> {
		const { folder, pieces } = room as Room;
		let last = 0;
		for (const { n } of pieces) {
			const name = `${folder}/messages/${String(n).padStart(6, '0')}.jsonl`;
			const entry = this.#zip.entry(name);
			if (!entry) throw new ImportError(`${this.#zip.name}, ${name}`, 'not in the file');
			const where = `${this.#zip.name}, ${name}`;
			for await (const { text, number } of linesOf(await this.#zip.stream(entry), where)) {
				const place = `${where}, line ${number}`;
				const record = checked(MessageRecord, parseJson(text, place), place);
				if (record.seq <= last) throw new ImportError(place, 'out of order: "seq" has to rise');
				this.#checkMessage(record, place);
				last = record.seq;
				yield { record, place };
			}
		}
	}

	#checkMessage({ text, at, sent, author, files, reactions }: MessageRecord, place: string): void {
		if (codePoints(text) > LIMITS.messageMax) {
			throw new ImportError(place, `a text of more than ${LIMITS.messageMax} characters`);
		}
		if (Math.max(at, sent ?? 0) > this.#now + AHEAD) throw new ImportError(place, 'of the future');
		if ((files?.length ?? 0) > LIMITS.filesMax) {
			throw new ImportError(place, `more than ${LIMITS.filesMax} files`);
		}
		if ((reactions?.length ?? 0) > LIMITS.reactionKinds) {
			throw new ImportError(place, `more than ${LIMITS.reactionKinds} reactions`);
		}
		const people = [author, ...(reactions ?? []).flatMap((one) => one.people)];
		const strange = people.find(({ id }) => !UUID7.test(id));
		if (strange) throw new ImportError(place, `"${strange.id}" is no id of a person`);
	}

	async file(room: SourceRoom, path: string) {
		return this.#zip.file(`${(room as Room).folder}/${path}`);
	}

	close(): Promise<void> {
		return this.#zip.close();
	}
}
