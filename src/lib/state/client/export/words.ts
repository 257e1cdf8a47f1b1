/** What the pages of an export say, in the language that the app has when it is made. Places for values stay as they are. */
import { m } from '../../../i18n/messages.ts';
import type { PersonId } from '../../../protocol/ids.ts';

const who = '{who}';
const whom = '{whom}';
const text = '{text}';

/** The words that the viewer asks for (src/lib/export/viewer/viewer.js). */
export function viewerWords(me: PersonId) {
	return {
		me,
		title: m.export_title(),
		all: m.export_all(),
		made: m.export_made({ time: '{time}', server: '{server}' }),
		count: m.storage_messages({ count: '{count}' }),
		search: m.search(),
		searching: m.export_searching(),
		found: m.export_found({ count: '{count}' }),
		older: m.export_older(),
		newer: m.export_newer(),
		empty: m.export_empty(),
		reply: m.export_reply(),
		forwarded: m.forwarded_from({ name: '{name}' }),
		pinned: m.pinned(),
		edited: m.edited(),
		deleted: m.deleted_message(),
		deletedPerson: m.deleted_person(),
		somebody: m.somebody(),
		fileMissing: m.export_file_missing(),
		missingMessages: m.export_missing_messages({ spans: '{spans}' }),
		missingAll: m.export_missing_all(),
		missingFiles: m.export_missing_files({ count: '{count}' }),
		call: m.note_call(),
		callFor: m.note_call_for({ duration: '{duration}' }),
		calls: {
			missed: m.note_call_no_answer(),
			cancelled: m.note_call_no_answer(),
			declined: m.note_call_declined(),
			failed: m.note_call_failed(),
			lost: m.note_call_lost()
		},
		note: m.note_other(),
		notes: {
			joined: m.note_joined({ who }),
			left: m.note_left({ who }),
			removed: m.note_removed({ who, whom }),
			banned: m.note_banned({ who, whom }),
			renamed: m.note_renamed({ who, text }),
			described: m.note_described({ who }),
			opened: m.note_opened({ who }),
			closed: m.note_closed({ who }),
			admin: m.note_admin({ who, whom }),
			member: m.note_member({ who, whom }),
			owner: m.note_owner({ who, whom }),
			pinned: m.note_pinned({ who, text })
		}
	};
}
