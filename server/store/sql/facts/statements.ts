/** What decisions ask for, prepared once: a record of statements for each subject. */
import type { Role } from '../../../../src/lib/protocol/change.ts';
import { ADMIN_PERSON, type AdminPersonRecord } from '../admin-person.ts';
import type { SqlDatabase } from '../database.ts';
import { PREF_SIZE_MIN, REPORTS_OPEN } from '../../../domain/constants.ts';
import type { StoredDraft } from '../../../domain/store-port.ts';
import { IS_ACTIVE, PEOPLE_IN_ROOM, ROOMS_OF_PERSON } from '../conditions.ts';
import { HAS_NAME_KEY } from '../person-by-name.ts';
import type {
	ActResultRecord,
	ContactRecord,
	FileRecord,
	InviteRecord,
	MessageRecord,
	PersonRecord
} from '../records.ts';

/** Bits of `acts.known`. */
export const IS_ACT_RESULT = 1;
export const IS_MESSAGE = 2;

const acts = (db: SqlDatabase) => ({
	/** What is known under an id, in bits. */
	known: db.pluck<[string, string], number>(
		`SELECT CASE WHEN EXISTS (SELECT 1 FROM act_result WHERE id = ?) THEN ${IS_ACT_RESULT} ELSE 0 END
			+ CASE WHEN EXISTS (SELECT 1 FROM message WHERE id = ?) THEN ${IS_MESSAGE} ELSE 0 END`
	),
	result: db.prepare<[string], Pick<ActResultRecord, 'person' | 'digest' | 'result'>>(
		'SELECT person, digest, result FROM act_result WHERE id = ?'
	)
});

const messages = (db: SqlDatabase) => ({
	byId: db.prepare<[string], MessageRecord>('SELECT * FROM message WHERE id = ?'),
	withAuthor: db.prepare<[string], MessageRecord & { name: string }>(
		'SELECT m.*, p.name FROM message m JOIN person p ON p.id = m.author WHERE m.id = ?'
	),
	seqInRoom: db.pluck<[string, string], number>(
		'SELECT seq FROM message WHERE id = ? AND room = ?'
	),
	/** Of these files those that are a person's own and in no other message. */
	ownFiles: db.prepare<{ ids: string; person: string; message: string }, FileRecord>(
		`SELECT * FROM file f WHERE id IN ${db.dialect.texts('@ids')} AND person = @person
		AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.file = f.id AND a.message <> @message)`
	)
});

const rooms = (db: SqlDatabase) => ({
	named: db.pluck<[string], string>('SELECT id FROM room WHERE name_key = ?'),
	hasStream: db.prepare<[string], unknown>('SELECT 1 FROM stream WHERE id = ?'),
	/** Members of a room, counted up to a number. */
	countPeople: db.pluck<[string, number], number>(
		`SELECT count(*) FROM (${PEOPLE_IN_ROOM} LIMIT ?) AS counted`
	),
	/** Members of a room who have one of these names. */
	peopleNamed: db.prepare<[string, string], { id: string; name_key: string }>(
		`SELECT p.id, p.name_key FROM person p JOIN membership s ON s.person = p.id
		WHERE s.room = ? AND s.to_seq IS NULL AND p.name_key IN ${db.dialect.texts('?')}`
	),
	/** The other one of a direct conversation. */
	otherPerson: db.pluck<[string, string], string>(
		'SELECT person FROM membership WHERE room = ? AND person <> ?'
	),
	ofPerson: db.prepare<[string], { room: string; direct: number }>(
		`SELECT s.room, r.direct FROM membership s JOIN room r ON r.id = s.room
		WHERE s.person = ? AND s.to_seq IS NULL`
	)
});

type PersonFacts = Pick<PersonRecord, 'id' | 'number' | 'name' | 'deleted_at'>;

const people = (db: SqlDatabase) => ({
	byId: db.prepare<[string], PersonFacts>(
		'SELECT id, number, name, deleted_at FROM person WHERE id = ?'
	),
	isActive: db.prepare<[string], unknown>(`SELECT 1 FROM person WHERE id = ? AND ${IS_ACTIVE}`),
	byName: db.prepare<[string, string], PersonFacts>(
		`SELECT id, number, name, deleted_at FROM person WHERE ${HAS_NAME_KEY}`
	),
	holderOf: db.pluck<[string], string>('SELECT id FROM person WHERE name_key = ?'),
	contact: db.prepare<[string, string], Pick<ContactRecord, 'state' | 'blocked'>>(
		'SELECT state, blocked FROM contact WHERE person = ? AND other = ?'
	),
	/** Everybody to whom a person is something, or who are something to the person. */
	contactsOf: db.pluck<[string, string], string>(
		`SELECT other FROM contact WHERE person = ? AND (state <> 'none' OR blocked = 1)
			UNION SELECT person FROM contact WHERE other = ? AND (state <> 'none' OR blocked = 1)`
	)
});

const own = (db: SqlDatabase) => ({
	draft: db.prepare<[string, string], StoredDraft>(
		'SELECT rev, body, reply, other FROM draft WHERE person = ? AND room = ?'
	),
	pref: db.pluck<[string, string], string>('SELECT value FROM pref WHERE person = ? AND key = ?'),
	prefsSize: db.pluck<[string], number>(
		`SELECT coalesce(sum(CASE WHEN length(key) + length(value) > ${PREF_SIZE_MIN}
			THEN length(key) + length(value) ELSE ${PREF_SIZE_MIN} END), 0)
			FROM pref WHERE person = ?`
	),
	inviteById: db.prepare<[string], InviteRecord>('SELECT * FROM invite WHERE id = ?'),
	inviteByToken: db.prepare<[string], InviteRecord>('SELECT * FROM invite WHERE token = ?')
});

/** A call that has not ended, with what its message says. */
export type CallRecord = Pick<MessageRecord, 'id' | 'room' | 'author' | 'at' | 'note'>;

const STANDING = `SELECT m.id, m.room, m.author, m.at, m.note FROM call c
	JOIN message m ON m.id = c.id`;

const calls = (db: SqlDatabase) => ({
	inRoom: db.prepare<[string], CallRecord>(`${STANDING} WHERE c.room = ?`),
	/** Those of a person in which nobody is left to speak with once that person is gone. */
	without: db.prepare<[string, string], CallRecord>(
		`${STANDING} JOIN room r ON r.id = c.room WHERE c.room IN (${ROOMS_OF_PERSON})
		AND (r.direct = 1 OR NOT EXISTS (SELECT 1 FROM membership s
		WHERE s.room = c.room AND s.to_seq IS NULL AND s.person <> ?))`
	)
});

type FormerMember = { person: string; role: Role; active: number };
type ReportFacts = { room: string; message: string; author: string; isResolved: number };

const admin = (db: SqlDatabase) => ({
	person: db.prepare<[string], AdminPersonRecord>(ADMIN_PERSON),
	otherAdmin: db.prepare<[string], unknown>(
		`SELECT 1 FROM person WHERE admin = 1 AND ${IS_ACTIVE} AND id <> ? LIMIT 1`
	),
	deletedRoom: db.prepare<[string], { at: number; name: string }>(
		'SELECT deleted_at AS at, name FROM room WHERE id = ? AND deleted_at IS NOT NULL'
	),
	/** Whoever was in a room until it was deleted. */
	formerMembers: db.prepare<[string], FormerMember>(
		`SELECT s.person, s.role, CASE WHEN p.disabled_at IS NULL THEN 1 ELSE 0 END AS active FROM membership s JOIN room r ON r.id = s.room
		JOIN person p ON p.id = s.person AND p.deleted_at IS NULL
		WHERE s.room = ? AND s.why = 'deleted' AND s.to_seq > r.rev ORDER BY s.from_seq`
	),
	report: db.prepare<[string], ReportFacts>(
		`SELECT room, message, author, CASE WHEN resolved_at IS NULL THEN 0 ELSE 1 END AS "isResolved"
		FROM report WHERE id = ?`
	),
	isReported: db.prepare<[string, string], unknown>(
		'SELECT 1 FROM report WHERE message = ? AND reporter = ?'
	),
	/** Texts that were replaced, each with the rev up to which it stood, the first one first. */
	revisions: db.prepare<[string], { rev: number; body: string }>(
		'SELECT rev, body FROM revision WHERE message = ? ORDER BY rev'
	),
	/** The last change of a message in a part of its room's stream: the rev under which it was seen at the end of that. */
	lastRev: db.pluck<[string, string, number, number], number>(
		`SELECT seq FROM change WHERE stream = ? AND kind = 'message' AND entity = ?
		AND seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT 1`
	),
	openReports: db.pluck<[string], number>(
		`SELECT count(*) FROM (SELECT 1 FROM report WHERE reporter = ? AND resolved_at IS NULL
		LIMIT ${REPORTS_OPEN}) AS counted`
	)
});

/** Prepares the statements of all facts. */
export const prepareFacts = (db: SqlDatabase) => ({
	acts: acts(db),
	messages: messages(db),
	rooms: rooms(db),
	people: people(db),
	own: own(db),
	calls: calls(db),
	admin: admin(db)
});

export type FactStatements = ReturnType<typeof prepareFacts>;
