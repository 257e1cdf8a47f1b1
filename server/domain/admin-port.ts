/** What administrators may look at: nothing of what people say, but what somebody has reported. */
import type {
	Audit,
	Members,
	People,
	ReportEntry,
	Reports,
	Rooms,
	Storage
} from '../../src/lib/protocol/admin.ts';
import type { Registration } from '../../src/lib/protocol/server-view.ts';
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { AdminPerson, IconMark } from './admin-act.ts';
import type { Picture } from './people-port.ts';

/** A part of a list. */
interface ListAsk {
	/** what is searched for; empty: everything */
	query: string;
	/** where the part before ended; empty: from the beginning */
	after: string;
}

/** Reads of the admin pages. Whoever asks has been made sure of by the caller. Lists come in parts of ADMIN_PAGE. */
export interface AdminReads {
	/** Whoever asks, or is asked about; null: there is no such account. */
	person(id: PersonId): Promise<AdminPerson | null>;
	/** People who have an account, by name. */
	people(ask: ListAsk, now: number): Promise<People>;
	/** Rooms, the newest first, without direct conversations. @param deleted those that can be restored instead, as of `now` */
	rooms(ask: ListAsk, deleted: boolean, now: number): Promise<Rooms>;
	members(room: RoomId, after: string): Promise<Members>;
	/** Reports that wait, the oldest first; or those that were resolved, the newest first. */
	reports(after: string, resolved: boolean): Promise<Reports>;
	report(id: string): Promise<(ReportEntry & { message: string; roomId: RoomId }) | null>;
	/** The latest first. */
	audit(after: string): Promise<Audit>;
	/** How many files there are, and whose take most. */
	files(): Promise<{ count: number; bytes: number; people: Storage['people'] }>;
}

/** What a server is called, and who may come in. */
export interface ServerProfile {
	/** empty: it has no name of its own */
	name: string;
	registration: Registration;
	/** null: it has none */
	icon: IconMark | null;
}

export interface ServerSettingsStore {
	profile(): Promise<ServerProfile>;
	/** Who may make an account. */
	registration(): Promise<Registration>;
	/** What is announced to everybody; empty: nothing. */
	announcement(firstRoom: RoomId): Promise<string>;
	/** The icon of this id; null when there is none, or another by now. */
	icon(id: string): Promise<Picture | null>;
}
