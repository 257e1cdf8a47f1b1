/**
 * What administrators ask and are told, under /api/admin. Only the admin pages use it, so it is no part of what the app
 * loads at first. Lists come in pages: `next` is what to send as `after`, null at the end.
 */
import * as v from 'valibot';
import { Role } from './change.ts';
import { count, millis, uid } from './scalars.ts';
import { LIMITS } from './limits.ts';
import { Registration, ServerView } from './server-view.ts';

/** What is done about a report: nothing, the message goes, the account of its author is disabled. */
const ACTIONS = ['none', 'message', 'person'] as const;
export type ReportAction = (typeof ACTIONS)[number];

/** Code points of a server's name, and of what is announced. */
export const SERVER_NAME_MAX = 40;
export const ANNOUNCEMENT_MAX = 500;
/** ms for which a deleted room can be restored. */
export const ROOM_KEPT = 30 * 86_400_000;
/** Rows in one answer. */
export const ADMIN_PAGE = 50;

const next = v.nullable(v.string());

const PersonEntry = v.object({
	id: uid,
	name: v.string(),
	display: v.nullable(v.string()),
	avatar: v.nullable(v.string()),
	email: v.string(),
	admin: v.boolean(),
	disabled: v.boolean(),
	created: millis,
	/** last online; null: unknown */
	seen: v.nullable(millis),
	sessions: count,
	/** bytes of files */
	bytes: count
});
export type PersonEntry = v.InferOutput<typeof PersonEntry>;
/** GET /api/admin/people?q=&after= */
export const People = v.object({ people: v.array(PersonEntry), next });
export type People = v.InferOutput<typeof People>;

/** POST /api/admin/people/<id>/disabled, and /admin */
export const SwitchBody = v.object({ on: v.boolean() });
/** The answer to POST /api/admin/people/<id>/password-link: the only moment at which the link can be read. */
export const PasswordLinkView = v.object({ token: v.string(), until: millis });

const RoomEntry = v.object({
	id: uid,
	name: v.string(),
	private: v.boolean(),
	/** user name; null: nobody any more */
	owner: v.nullable(v.string()),
	members: count,
	/** counted up to ROOM_COUNT_MAX */
	messages: count,
	/** bytes of files */
	bytes: count,
	created: millis,
	/** when it was deleted; null: it was not */
	deleted: v.nullable(millis),
	/** the room that everybody is in stays */
	fixed: v.boolean()
});
export type RoomEntry = v.InferOutput<typeof RoomEntry>;
/** Messages, and files, of one room are counted up to here. */
export const ROOM_COUNT_MAX = 1_000;
/** GET /api/admin/rooms?q=&after=&deleted= */
export const Rooms = v.object({ rooms: v.array(RoomEntry), next });
export type Rooms = v.InferOutput<typeof Rooms>;
/** POST /api/admin/rooms/<id>/restore */
export const RestoreBody = v.object({
	name: v.optional(v.pipe(v.string(), v.maxLength(2 * LIMITS.roomNameMax)))
});
const MemberEntry = v.object({
	id: uid,
	name: v.string(),
	role: Role
});
export type MemberEntry = v.InferOutput<typeof MemberEntry>;
/** GET /api/admin/rooms/<id>/members?after= */
export const Members = v.object({
	members: v.array(MemberEntry),
	next
});
export type Members = v.InferOutput<typeof Members>;

const ReportEntry = v.object({
	id: uid,
	/** name of the room; null: a direct conversation */
	room: v.nullable(v.string()),
	author: v.object({ id: uid, name: v.string() }),
	reporter: v.string(),
	reason: v.string(),
	/** the words as they were before the eyes of whoever reported them */
	body: v.string(),
	/** those words are not kept any more: `body` is empty */
	lost: v.boolean(),
	files: v.array(v.string()),
	said: millis,
	at: millis,
	/** null: nobody has decided yet */
	resolved: v.nullable(v.object({ at: millis, by: v.string(), action: v.picklist(ACTIONS) })),
	/** whether the message is still there to be removed */
	present: v.boolean()
});
export type ReportEntry = v.InferOutput<typeof ReportEntry>;
/** GET /api/admin/reports?after=&resolved= */
export const Reports = v.object({ reports: v.array(ReportEntry), next });
export type Reports = v.InferOutput<typeof Reports>;
/** POST /api/admin/reports/<id>/resolve */
export const ResolveBody = v.object({ action: v.picklist(ACTIONS) });

/** GET /api/admin/storage; sizes in bytes. */
export const Storage = v.object({
	database: count,
	/** index for searching */
	index: count,
	/** limits of all files, null: none but the disk; and of one person's */
	files: v.object({ count, bytes: count, limit: v.nullable(count), perPerson: count }),
	/** of the disk; null: it does not say */
	free: v.nullable(count),
	/** whose files take most */
	people: v.array(v.object({ id: uid, name: v.string(), count, bytes: count }))
});
export type Storage = v.InferOutput<typeof Storage>;

const AuditEntry = v.object({
	number: count,
	at: millis,
	/** user name at that time; empty: the command line */
	actor: v.string(),
	act: v.string(),
	/** empty: the server */
	subject: v.string(),
	/** JSON */
	detail: v.string()
});
export type AuditEntry = v.InferOutput<typeof AuditEntry>;
/** GET /api/admin/audit?after=, the latest first */
export const Audit = v.object({ entries: v.array(AuditEntry), next });
export type Audit = v.InferOutput<typeof Audit>;

/** GET /api/admin/server */
export const ServerSettings = v.object({
	...ServerView.entries,
	/** what is announced now; empty: nothing */
	announcement: v.string(),
	/** the relay for calls, and what is wrong with it; absent: there is none */
	relay: v.optional(
		v.object({
			url: v.string(),
			fault: v.nullable(v.picklist(['silent', 'no-relay', 'refused', 'full']))
		})
	)
});
export type ServerSettings = v.InferOutput<typeof ServerSettings>;
/** POST /api/admin/server: what is to be changed. */
export const ServerBody = v.object({
	name: v.optional(v.pipe(v.string(), v.maxLength(2 * SERVER_NAME_MAX))),
	registration: v.optional(Registration),
	/** base64 of a JPEG, PNG or WebP; null: none */
	icon: v.optional(
		v.nullable(v.pipe(v.string(), v.maxLength(Math.ceil((LIMITS.avatarBytes * 4) / 3) + 4)))
	),
	announcement: v.optional(v.pipe(v.string(), v.maxLength(2 * ANNOUNCEMENT_MAX)))
});

/** What was measured in one stretch of time. */
export const Sample = v.object({
	/** end of the stretch, ms since the epoch */
	at: millis,
	/** people online, and sockets, at that moment */
	online: count,
	sockets: count,
	/** in the stretch */
	messages: count,
	requests: count,
	/** answers "server_fault" and "busy" */
	errors: count,
	/** ms that a commit took, on average */
	commit: v.number(),
	/** bytes in memory at that moment */
	memory: count
});
export type Sample = v.InferOutput<typeof Sample>;
/** GET /api/admin/numbers?since=: the samples after that moment. */
export const Numbers = v.object({
	/** ms between two samples */
	every: count,
	samples: v.array(Sample)
});
export type Numbers = v.InferOutput<typeof Numbers>;
