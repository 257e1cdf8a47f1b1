/** What a decision makes of an act: the smallest changes, which the store carries out. */
import type { CallNote } from '../../src/lib/protocol/call-note.ts';
import type {
	ContactRow,
	FileCard,
	Mention,
	Origin,
	Reaction,
	Role,
	SystemNote
} from '../../src/lib/protocol/change.ts';
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { ReportAction } from '../../src/lib/protocol/admin.ts';
import type { SettingKey } from './admin-act.ts';
import type { Picture } from './people-port.ts';

/** One thing that changes. Each effect is one change in each stream that it touches. */
export type Effect =
	| {
			do: 'message.insert';
			room: RoomId;
			body: string;
			reply: string | null;
			replySeq: number | null;
			mentions: Mention[];
			forward: Origin | null;
			files: FileCard[];
			sent: number;
	  }
	| { do: 'message.edit'; room: RoomId; message: string; body: string; mentions: Mention[] }
	| { do: 'message.empty'; room: RoomId; message: string }
	| { do: 'message.react'; room: RoomId; message: string; reactions: Reaction[] }
	| { do: 'message.pin'; room: RoomId; message: string; on: boolean }
	/** a system message */
	| { do: 'note'; room: RoomId; note: SystemNote }
	/** the message of a call, under the id of the act */
	| { do: 'call.insert'; room: RoomId; note: CallNote }
	/** with `note.ended` it stands no longer */
	| { do: 'call.update'; room: RoomId; message: string; note: CallNote }
	| {
			do: 'room.insert';
			room: RoomId;
			name: string;
			description: string;
			passwordHash: string | null;
			direct?: true;
	  }
	| {
			do: 'room.update';
			room: RoomId;
			name?: string;
			description?: string;
			owner?: PersonId;
			passwordHash?: string | null;
			pins?: number[];
	  }
	| { do: 'room.delete'; room: RoomId }
	| { do: 'membership.open'; room: RoomId; person: PersonId; role: Role }
	| { do: 'membership.role'; room: RoomId; person: PersonId; role: Role }
	| { do: 'membership.close'; room: RoomId; person: PersonId; why: Why }
	/** of somebody who is not in the room */
	| { do: 'membership.ban'; room: RoomId; person: PersonId; on: boolean }
	| { do: 'membership.mute'; room: RoomId; person: PersonId; until: number }
	| { do: 'read'; room: RoomId; person: PersonId; upto: number }
	| { do: 'seen'; room: RoomId; person: PersonId; upto: number }
	| {
			do: 'contact';
			person: PersonId;
			other: PersonId;
			state: ContactRow['state'];
			blocked: boolean;
	  }
	| {
			do: 'draft';
			room: RoomId;
			person: PersonId;
			body: string;
			reply: string | null;
			other: string | null;
	  }
	| { do: 'pref'; person: PersonId; key: string; value: string }
	| {
			do: 'invite.insert';
			id: string;
			room: RoomId;
			token: string;
			expires: number | null;
			left: number | null;
	  }
	| { do: 'invite.use'; id: string }
	/** one link, or (without id) all of the room */
	| { do: 'invite.revoke'; room: RoomId; id: string | null }
	| {
			do: 'person.edit';
			person: PersonId;
			name?: string;
			display?: string | null;
			bio?: string | null;
			avatar?: Picture | null;
	  }
	| { do: 'person.delete'; person: PersonId }
	| { do: 'person.disable'; person: PersonId; on: boolean }
	| { do: 'person.admin'; person: PersonId; on: boolean }
	/** all sessions and tokens, with the devices on which they were begun */
	| { do: 'sessions.end'; person: PersonId }
	/** `link`: the hash of what is in it; `until`: ms */
	| { do: 'password-link'; person: PersonId; link: string; until: number }
	/** with those who were in it when it was deleted */
	| { do: 'room.restore'; room: RoomId; name: string; owner: PersonId | null }
	/** `text`: empty ends what is announced */
	| { do: 'announce'; room: RoomId; text: string }
	| { do: 'setting'; key: SettingKey; value: string | null }
	| ReportEffect
	| { do: 'report.resolve'; report: string; action: ReportAction }
	/** a line of the audit log */
	| { do: 'audit'; act: AuditedAct; subject: string; subjectName: string; detail: object };

interface ReportEffect {
	do: 'report.insert';
	room: RoomId;
	message: string;
	author: PersonId;
	reason: string;
	/** null: the words that were seen are not kept any more */
	body: string | null;
	/** names */
	files: string[];
	/** when it was said, ms */
	said: number;
}

/** What the audit log calls what was done. */
export type AuditedAct =
	| 'person.disable'
	| 'person.enable'
	| 'admin.grant'
	| 'admin.revoke'
	| 'sessions.end'
	| 'password-link'
	| 'room.delete'
	| 'room.restore'
	| 'report.resolve'
	| 'registration'
	| 'server-name'
	| 'server-icon'
	| 'announce';

/** Why somebody is no longer in a room. */
export type Why = 'left' | 'removed' | 'banned' | 'deleted';
