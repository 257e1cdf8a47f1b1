/**
 * Reads the database of the second system that Roost replaces ("chatroom", SQLAlchemy on SQLite). Its tables are called "users"
 * and so on since it runs on FastAPI, "user" and so on before.
 */
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { directId } from '../../src/lib/protocol/ids.ts';
import { isForeignHash } from '../auth/foreign-hash.ts';
import { foreignId, Records, type ForeignFile } from './foreign.ts';
import { ImportError } from './import-error.ts';
import { localFile } from './local-files.ts';
import {
	lose,
	type Losses,
	type Source,
	type SourceMember,
	type SourceMessage,
	type SourcePerson,
	type SourceRoom
} from './source.ts';

/** Rows that are read at once. */
const ROWS = 500;
/** Where files are kept: beside the folder of the database, or in it. */
const UPLOADS = /^\/uploads\/(?:[\w-]+\/)*[\w-][\w.-]*$/;

type Row = Record<string, unknown>;
type Room = SourceRoom & { number: number };

/** Opens a database. @param now ms */
export async function openChatroom(path: string, now: number): Promise<Source> {
	const name = basename(path);
	let db: Database.Database | null = null;
	try {
		db = new Database(path, { readonly: true, fileMustExist: true });
		db.pragma('trusted_schema = OFF');
		return new Chatroom(db, name, dirname(path), now);
	} catch (cause) {
		db?.close();
		if (cause instanceof ImportError) throw cause;
		throw new ImportError(name, `not a database of chatroom (${(cause as Error).message})`, cause);
	}
}

/** The tables as this database calls them. */
function tablesOf(db: Database.Database, name: string) {
	const all = new Set(
		db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all()
	);
	const plural = ['users', 'rooms', 'room_memberships', 'messages'] as const;
	const names = plural.every((one) => all.has(one))
		? plural
		: (['user', 'room', 'room_membership', 'message'] as const);
	const missing = names.find((one) => !all.has(one));
	if (missing)
		throw new ImportError(name, `not a database of chatroom: it has no table "${missing}"`);
	const [users, rooms, memberships, messages] = names;
	return { users, rooms, memberships, messages };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const isOn = (value: unknown): boolean => value === 1;

/** ms of a time as SQLAlchemy writes it, in UTC; null: there is none. */
function timeOf(value: unknown): number | null {
	const at = Date.parse(`${text(value).replace(' ', 'T').slice(0, 23)}Z`);
	return Number.isNaN(at) ? null : at;
}

class Chatroom implements Source {
	readonly origin: string;
	readonly isClean = false;
	readonly losses: Losses = new Map();
	readonly #db: Database.Database;
	readonly #folder: string;
	readonly #now: number;
	readonly #tables: ReturnType<typeof tablesOf>;
	/** tells this database from others */
	readonly #key: string;

	constructor(db: Database.Database, name: string, folder: string, now: number) {
		this.#db = db;
		this.#folder = folder;
		this.#now = now;
		this.origin = `chatroom (${name})`;
		this.#tables = tablesOf(db, name);
		const first = this.#row(`SELECT id, created_at FROM ${this.#tables.users} ORDER BY id LIMIT 1`);
		this.#key = `${String(first?.['id'])} ${text(first?.['created_at'])}`;
	}

	async *people(): AsyncGenerator<SourcePerson> {
		for (const row of this.#rows(this.#tables.users)) yield this.#person(row);
	}

	async *rooms(): AsyncGenerator<Room> {
		for (const row of this.#rows(this.#tables.rooms)) yield this.#room(row);
	}

	async *messages(room: SourceRoom): AsyncGenerator<SourceMessage> {
		const { messages } = this.#tables;
		const { number } = room as Room;
		const page = this.#db.prepare<unknown[], Row>(
			`SELECT * FROM "${messages}" WHERE room_id = ? AND (coalesce(timestamp, ''), id) > (?, ?)
			ORDER BY coalesce(timestamp, ''), id LIMIT ${ROWS}`
		);
		const records = new Records(this.losses, this.#now);
		let after: unknown[] = ['', 0];
		for (;;) {
			const rows = page.all(number, ...after);
			for (const row of rows) yield* this.#message(records, row);
			if (rows.length < ROWS) return;
			const last = rows.at(-1)!;
			after = [last['timestamp'] ?? '', last['id']];
		}
	}

	async file(_room: SourceRoom, path: string) {
		if (!UPLOADS.test(path)) return null;
		const below = path.slice('/uploads/'.length);
		for (const folder of [join(this.#folder, '..', 'uploads'), join(this.#folder, 'uploads')]) {
			const found = await localFile(folder, below);
			if (found) return found;
		}
		return null;
	}

	async close(): Promise<void> {
		this.#db.close();
	}

	#row(sql: string, ...values: unknown[]): Row | undefined {
		return this.#db.prepare<unknown[], Row>(sql).get(...values);
	}

	/** All rows of a table, some at a time. */
	*#rows(table: string): Generator<Row> {
		const page = this.#db.prepare<[unknown], Row>(
			`SELECT * FROM "${table}" WHERE id > ? ORDER BY id LIMIT ${ROWS}`
		);
		for (let after: unknown = -1; ;) {
			const rows = page.all(after);
			yield* rows;
			if (rows.length < ROWS) return;
			after = rows.at(-1)!['id'];
		}
	}

	#person(row: Row): SourcePerson {
		const [name, email, hash] = [row['username'], row['email'], row['password_hash']].map(text);
		const id = this.#personId(row['id']);
		if (!email?.includes('@')) return { id, name: name! };
		const isKept = isForeignHash(hash!);
		if (!isKept) {
			lose(
				this.losses,
				'passwords that cannot be checked here: give these people a link for a new one'
			);
		}
		// A hash that is no hash is matched by no password.
		return { id, name: name!, account: { email, passwordHash: isKept ? hash! : '' } };
	}

	#personId(number: unknown): string {
		return foreignId(0, 'chatroom', this.#key, 'user', Number(number));
	}

	/** Whoever has this number; somebody without a name when there is nobody any more. */
	#personBy(number: unknown): SourcePerson {
		const row = this.#row(`SELECT * FROM "${this.#tables.users}" WHERE id = ?`, number);
		return { id: this.#personId(number), name: text(row?.['username']) };
	}

	#room(row: Row): Room {
		const number = Number(row['id']);
		const at = timeOf(row['created_at']);
		const owner = this.#personBy(row['created_by']);
		const members = this.#members(number, owner);
		const direct = row['room_type'] === 'private' && members.length === 2;
		const [one, other] = members;
		const hash = text(row['password_hash']);
		return {
			number,
			id: direct
				? directId(one!.person.id, other!.person.id)
				: foreignId(at ?? 0, 'chatroom', this.#key, 'room', number),
			name: text(row['name']),
			description: text(row['description']),
			private: isOn(row['is_private']),
			...(isForeignHash(hash) ? { passwordHash: hash } : {}),
			direct,
			owner: owner.id,
			at,
			members,
			place: `${this.origin}, ${this.#tables.rooms} ${number}`
		};
	}

	#members(room: number, owner: SourcePerson): SourceMember[] {
		const { memberships } = this.#tables;
		const rows = this.#db
			.prepare<[number], Row>(`SELECT * FROM "${memberships}" WHERE room_id = ? ORDER BY id`)
			.all(room);
		const members = new Map<string, SourceMember>();
		for (const row of rows) {
			const person = this.#personBy(row['user_id']);
			const role = isOn(row['is_admin']) ? ('admin' as const) : ('member' as const);
			members.set(person.id, { person, role, state: 'in' });
		}
		members.set(owner.id, { person: owner, role: 'owner', state: 'in' });
		return [...members.values()];
	}

	*#message(records: Records, row: Row): Generator<SourceMessage> {
		const number = Number(row['id']);
		const at = timeOf(row['timestamp']) ?? 0;
		const place = `${this.origin}, ${this.#tables.messages} ${number}`;
		if (isOn(row['is_encrypted'])) {
			lose(this.losses, 'messages that are encrypted');
			return;
		}
		const carried = this.#carried(row);
		yield* records.of({
			id: foreignId(at, 'chatroom', this.#key, 'message', number),
			author: this.#personBy(row['user_id']),
			at,
			isDeleted: isOn(row['is_deleted']),
			edited: timeOf(row['edited_at']) ?? undefined,
			place,
			...(carried ?? { text: text(row['content']) })
		});
	}

	/** What a message says that is a file; null: it is a text. */
	#carried(row: Row): { text: string; files: ForeignFile[] } | null {
		if (row['message_type'] !== 'image' && row['message_type'] !== 'file') return null;
		const said = fileIn(text(row['content']));
		if (!said) return null;
		const id = foreignId(timeOf(row['timestamp']) ?? 0, 'chatroom', this.#key, 'file', said.url);
		const { name, size, description, url } = said;
		return { text: description, files: [{ id, name, size, path: url }] };
	}
}

/** A file as a message of chatroom writes it down: JSON, or the address alone. */
function fileIn(content: string) {
	if (UPLOADS.test(content)) {
		return { url: content, name: basename(content), size: 0, description: '' };
	}
	let value: unknown;
	try {
		value = JSON.parse(content);
	} catch {
		// A text that somebody sent as a picture: it stays a text.
		return null;
	}
	if (typeof value !== 'object' || value === null) return null;
	const { url, name, size, description } = value as Row;
	if (typeof url !== 'string') return null;
	const bytes = Number.isSafeInteger(size) && Number(size) >= 0 ? Number(size) : 0;
	return { url, name: text(name) || basename(url), size: bytes, description: text(description) };
}
