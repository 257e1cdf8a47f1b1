/** What the admin pages show. No statement here reads a message; a report carries its own words. */
import {
	ADMIN_PAGE,
	ROOM_COUNT_MAX,
	ROOM_KEPT,
	type ReportAction
} from '../../../src/lib/protocol/admin.ts';
import type { Role } from '../../../src/lib/protocol/change.ts';
import { nameKey, roomNameKey } from '../../../src/lib/protocol/name-key.ts';
import type { AdminReads } from '../../domain/admin-port.ts';
import { FIRST_ROOM } from '../../domain/constants.ts';
import { ADMIN_PERSON, adminPerson, type AdminPersonRecord } from './admin-person.ts';
import type { SqlDatabase } from './database.ts';
import { having } from './like.ts';
import type { PersonRecord, RoomRecord } from './records.ts';

type PersonListRecord = Pick<
	PersonRecord,
	| 'id'
	| 'name'
	| 'name_key'
	| 'display'
	| 'avatar'
	| 'email'
	| 'admin'
	| 'disabled_at'
	| 'created_at'
	| 'seen_at'
> & { sessions: number; bytes: number };

type RoomListRecord = Pick<
	RoomRecord,
	'number' | 'id' | 'name' | 'name_key' | 'password_hash' | 'created_at' | 'deleted_at'
> & { owner: string | null; members: number; messages: number; bytes: number };

interface ReportRecord {
	number: number;
	id: string;
	room: string;
	roomName: string;
	direct: number;
	message: string;
	author: string;
	authorName: string;
	reporter: string;
	reason: string;
	body: string | null;
	files: string;
	said: number;
	at: number;
	resolvedAt: number | null;
	resolvedBy: string | null;
	action: ReportAction | null;
	present: number;
}

interface AuditRecord {
	number: number;
	at: number;
	actor: string;
	act: string;
	subject: string;
	detail: string;
}

type MemberListRecord = Pick<PersonRecord, 'id' | 'name' | 'name_key'> & { role: Role };

const people = (db: SqlDatabase) => ({
	person: db.prepare<[string], AdminPersonRecord>(ADMIN_PERSON),
	people: db.prepare<object, PersonListRecord>(
		`SELECT p.id, p.name, p.name_key, p.display, p.avatar, p.email, p.admin, p.disabled_at, p.created_at,
		p.seen_at, (SELECT count(*) FROM session s WHERE s.person = p.id AND s.expires_at > @now) AS sessions,
		(SELECT coalesce(sum(f.size), 0) FROM file f WHERE f.person = p.id) AS bytes
		FROM person p WHERE p.deleted_at IS NULL AND p.name_key > @after
		AND (p.name_key LIKE @key ESCAPE '\\' OR lower(p.name) LIKE @like ESCAPE '\\'
		OR lower(coalesce(p.display, '')) LIKE @like ESCAPE '\\' OR p.email_key LIKE @like ESCAPE '\\')
		ORDER BY p.name_key LIMIT @limit`
	),
	members: db.prepare<[string, string, number], MemberListRecord>(
		`SELECT p.id, p.name, p.name_key, s.role FROM membership s JOIN person p ON p.id = s.person
		WHERE s.room = ? AND s.to_seq IS NULL AND p.name_key > ? ORDER BY p.name_key LIMIT ?`
	)
});

const rooms = (db: SqlDatabase) => ({
	rooms: db.prepare<object, RoomListRecord>(
		`SELECT r.number, r.id, r.name, r.name_key, r.password_hash, r.created_at, r.deleted_at,
		(SELECT p.name FROM person p WHERE p.id = r.owner) AS owner,
		(SELECT count(*) FROM membership s WHERE s.room = r.id AND (s.to_seq IS NULL OR
			(r.deleted_at IS NOT NULL AND s.why = 'deleted' AND s.to_seq > r.rev))) AS members,
		(SELECT count(*) FROM (SELECT 1 FROM message m WHERE m.room = r.id LIMIT ${ROOM_COUNT_MAX})
			AS counted) AS messages,
		(SELECT coalesce(sum(f.size), 0) FROM file f WHERE f.id IN
			(SELECT a.file FROM attachment a WHERE a.room = r.id LIMIT ${ROOM_COUNT_MAX})) AS bytes
		FROM room r WHERE r.direct = 0 AND r.number < @after AND lower(r.name) LIKE @like ESCAPE '\\'
		AND ((@deleted = 0 AND r.deleted_at IS NULL) OR (@deleted = 1 AND r.deleted_at > @since))
		ORDER BY r.number DESC LIMIT @limit`
	)
});

const REPORT = `SELECT t.number, t.id, t.room, r.name AS "roomName", r.direct, t.message, t.author,
	a.name AS "authorName", w.name AS reporter, t.reason, t.body, t.files, t.said_at AS said, t.at,
	t.resolved_at AS "resolvedAt", (SELECT name FROM person WHERE id = t.resolved_by) AS "resolvedBy",
	t.action, CASE WHEN EXISTS (SELECT 1 FROM message m WHERE m.id = t.message
	AND m.deleted_at IS NULL) THEN 1 ELSE 0 END AS present
	FROM report t JOIN room r ON r.id = t.room JOIN person a ON a.id = t.author
	JOIN person w ON w.id = t.reporter`;

const records = (db: SqlDatabase) => ({
	open: db.prepare<[number, number], ReportRecord>(
		`${REPORT} WHERE t.resolved_at IS NULL AND t.number > ? ORDER BY t.number LIMIT ?`
	),
	resolved: db.prepare<[number, number], ReportRecord>(
		`${REPORT} WHERE t.resolved_at IS NOT NULL AND t.number < ? ORDER BY t.number DESC LIMIT ?`
	),
	report: db.prepare<[string], ReportRecord>(`${REPORT} WHERE t.id = ?`),
	audit: db.prepare<[number, number], AuditRecord>(
		`SELECT number, at, actor_name AS actor, act, subject_name AS subject, detail FROM audit
		WHERE number < ? ORDER BY number DESC LIMIT ?`
	),
	files: db.prepare<[], { count: number; bytes: number }>(
		'SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM file'
	),
	filesOf: db.prepare<[number], { id: string; name: string; count: number; bytes: number }>(
		`SELECT p.id, p.name, count(*) AS count, sum(f.size) AS bytes FROM file f
		JOIN person p ON p.id = f.person GROUP BY p.id, p.name ORDER BY sum(f.size) DESC LIMIT ?`
	)
});

const FIRST_ROOM_KEY = roomNameKey(FIRST_ROOM);
/** People whose files are listed. */
const MOST_FILES = 20;
/** One more than a page tells that there is another. */
const ONE_MORE = ADMIN_PAGE + 1;

/** A part of a list, and where the next one begins. */
function pageOf<R>(found: R[], placeOf: (last: R) => string): { part: R[]; next: string | null } {
	const part = found.slice(0, ADMIN_PAGE);
	return { part, next: found.length > ADMIN_PAGE ? placeOf(part.at(-1)!) : null };
}

/** The number after which a list goes on. */
const numberAfter = (after: string, first: number): number => {
	const number = after === '' ? first : Number(after);
	return Number.isSafeInteger(number) ? number : first;
};

const personEntry = (r: PersonListRecord) => ({
	...{ id: r.id, name: r.name, display: r.display, avatar: r.avatar, email: r.email },
	...{ admin: r.admin === 1, disabled: r.disabled_at !== null, created: r.created_at },
	...{ seen: r.seen_at, sessions: r.sessions, bytes: r.bytes }
});

const roomEntry = (r: RoomListRecord) => ({
	...{ id: r.id, name: r.name, private: r.password_hash !== null, owner: r.owner },
	...{ members: r.members, messages: r.messages, bytes: r.bytes, created: r.created_at },
	...{ deleted: r.deleted_at, fixed: r.name_key === FIRST_ROOM_KEY }
});

function reportEntry(r: ReportRecord) {
	return {
		...{ id: r.id, room: r.direct === 1 ? null : r.roomName, reporter: r.reporter },
		author: { id: r.author, name: r.authorName },
		...{
			reason: r.reason,
			body: r.body ?? '',
			lost: r.body === null,
			files: JSON.parse(r.files) as string[]
		},
		...{ said: r.said, at: r.at, present: r.present === 1 },
		resolved:
			r.resolvedAt === null
				? null
				: { at: r.resolvedAt, by: r.resolvedBy ?? '', action: r.action ?? 'none' }
	};
}

/** Reads of people and rooms. */
function readPlaces(db: SqlDatabase): Pick<AdminReads, 'person' | 'people' | 'rooms' | 'members'> {
	const ask = { ...people(db), ...rooms(db) };
	return {
		person: async (id) => adminPerson(await db.ask(() => ask.person.get(id))),
		async people({ query, after }, now) {
			const like = having(query.trim().toLowerCase());
			const asked = { after, now, like, key: having(nameKey(query.trim())), limit: ONE_MORE };
			const found = await db.ask(() => ask.people.all(asked));
			const { part, next } = pageOf(found, (last) => last.name_key);
			return { people: part.map(personEntry), next };
		},
		async rooms({ query, after }, deleted, now) {
			const asked = {
				after: numberAfter(after, Number.MAX_SAFE_INTEGER),
				like: having(query.trim().toLowerCase()),
				deleted: deleted ? 1 : 0,
				since: now - ROOM_KEPT,
				limit: ONE_MORE
			};
			const found = await db.ask(() => ask.rooms.all(asked));
			const { part, next } = pageOf(found, (last) => String(last.number));
			return { rooms: part.map(roomEntry), next };
		},
		async members(room, after) {
			const found = await db.ask(() => ask.members.all(room, after, ONE_MORE));
			const { part, next } = pageOf(found, (last) => last.name_key);
			return { members: part.map(({ id, name, role }) => ({ id, name, role })), next };
		}
	};
}

/** Reads of what was written down: reports, the audit log, files. */
function readRecords(db: SqlDatabase): Pick<AdminReads, 'reports' | 'report' | 'audit' | 'files'> {
	const ask = records(db);
	return {
		async reports(after, resolved) {
			const from = numberAfter(after, resolved ? Number.MAX_SAFE_INTEGER : 0);
			const list = resolved ? ask.resolved : ask.open;
			const found = await db.ask(() => list.all(from, ONE_MORE));
			const { part, next } = pageOf(found, (last) => String(last.number));
			return { reports: part.map(reportEntry), next };
		},
		async report(id) {
			const found = await db.ask(() => ask.report.get(id));
			return found ? { ...reportEntry(found), message: found.message, roomId: found.room } : null;
		},
		async audit(after) {
			const from = numberAfter(after, Number.MAX_SAFE_INTEGER);
			const found = await db.ask(() => ask.audit.all(from, ONE_MORE));
			const { part, next } = pageOf(found, (last) => String(last.number));
			return { entries: part, next };
		},
		async files() {
			const all = await db.ask(() => ask.files.get());
			return {
				count: all?.count ?? 0,
				bytes: all?.bytes ?? 0,
				people: await db.ask(() => ask.filesOf.all(MOST_FILES))
			};
		}
	};
}

/** @param db an open database (see open.ts) */
export const createAdminReads = (db: SqlDatabase): AdminReads => ({
	...readPlaces(db),
	...readRecords(db)
});
