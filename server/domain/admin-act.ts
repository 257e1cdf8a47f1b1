/** What administrators do. Devices cannot ask for it: the server makes these acts of requests that it has checked. */
import type { Role } from '../../src/lib/protocol/change.ts';
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { ReportAction } from '../../src/lib/protocol/admin.ts';
import type { Registration } from '../../src/lib/protocol/server-view.ts';

/** Who acts where there is no account: whoever can run commands on the server's machine. */
export const COMMAND_LINE = '';

/** What is known of an icon without its bytes. */
export interface IconMark {
	/** new with every icon */
	id: string;
	/** MIME type */
	type: string;
}

/** What administrators set for the whole server, by the names under which it is kept. */
export type SettingKey = 'server_name' | 'registration' | 'server_icon' | 'server_icon_bytes';

/** One act of an administrator, without what every act has. */
export type AdminDraft =
	| { kind: 'admin.disable'; person: PersonId; on: boolean }
	| { kind: 'admin.role'; person: PersonId; on: boolean }
	| { kind: 'admin.sign-out'; person: PersonId }
	/** `link`: hash of what is in the link; `until`: ms */
	| { kind: 'admin.password-link'; person: PersonId; link: string; until: number }
	| { kind: 'admin.room-delete'; room: RoomId }
	/** @param name where the room's own has been taken meanwhile */
	| { kind: 'admin.room-restore'; room: RoomId; name?: string }
	/** `room`, `message` and `person` (its author) as they stand in the report */
	| {
			kind: 'admin.resolve';
			report: string;
			room: RoomId;
			message: string;
			person: PersonId;
			action: ReportAction;
	  }
	| { kind: 'admin.registration'; registration: Registration }
	/** empty: the server has no name of its own (any more) */
	| { kind: 'admin.server-name'; name: string }
	/** `icon`: a re-encoded picture, its bytes in base64; null for none */
	| { kind: 'admin.server-icon'; icon: (IconMark & { bytes: string }) | null }
	/** @param room the first room, whose listing everybody has; an empty text ends what is announced */
	| { kind: 'admin.announce'; room: RoomId; text: string };

export type AdminAct = AdminDraft & { id: string; at: number };

/** Somebody, as far as acts of administrators need. */
export interface AdminPerson {
	id: PersonId;
	name: string;
	admin: boolean;
	disabled: boolean;
	/** the account is gone */
	deleted: boolean;
}

/** What an act of an administrator, or the end of an account, depends on besides what all acts do. */
export interface AdminFacts {
	/** null: there is no such account; COMMAND_LINE has every right */
	actor: AdminPerson | typeof COMMAND_LINE | null;
	/** whom it is done to */
	person: AdminPerson | null;
	/** whether there is an administrator besides that person who can sign in */
	hasOtherAdmin: boolean;
	/** when the room was deleted, ms; null: it was not */
	deletedAt: number | null;
	/** who was in the room when it was deleted, the longest-standing first, without accounts that are gone */
	formerMembers: {
		person: PersonId;
		role: Role;
		/** not disabled */
		active: boolean;
	}[];
	/** the room that is to be restored cannot have this name */
	nameTaken: boolean;
	/** null: there is none under this id */
	report: { room: RoomId; message: string; author: PersonId; isResolved: boolean } | null;
}
