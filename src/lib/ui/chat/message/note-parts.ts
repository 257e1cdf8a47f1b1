/** A system message in words, with the names in it apart, so that they can be pressed. */
import { m } from '../../../i18n/messages.ts';
import type { MessageItem } from '../../../state/client/client-types.ts';

type NotePart = { text: string; name: null } | { text: string; name: 'who' | 'whom' | 'pin' };

/** Stand-ins that no text has: where a name goes, in whatever order a language wants. */
const WHO = '\u{E000}';
const WHOM = '\u{E001}';
const PIN = '\u{E002}';
const HOLDERS = { [WHO]: 'who', [WHOM]: 'whom', [PIN]: 'pin' } as const;

type Told = Pick<MessageItem, 'note' | 'body'>;

function sentence(item: Told): string {
	const who = WHO;
	const whom = WHOM;
	switch (item.note?.what) {
		case 'joined':
			return m.note_joined({ who });
		case 'left':
			return m.note_left({ who });
		case 'removed':
			return m.note_removed({ who, whom });
		case 'banned':
			return m.note_banned({ who, whom });
		case 'renamed':
			return m.note_renamed({ who, text: item.note.text ?? '' });
		case 'described':
			return m.note_described({ who });
		case 'opened':
			return m.note_opened({ who });
		case 'closed':
			return m.note_closed({ who });
		case 'admin':
			return m.note_admin({ who, whom });
		case 'member':
			return m.note_member({ who, whom });
		case 'owner':
			return m.note_owner({ who, whom });
		case 'pinned':
			return m.note_pinned({ who, text: PIN });
		default:
			// Of a newer server: what it means is not known here, but that it happened is.
			return item.body || m.note_other();
	}
}

/** The parts of the sentence; `names` says what stands where a name goes. */
export function noteParts(
	item: Told,
	names: { who: string; whom: string; pin: string }
): NotePart[] {
	return sentence(item)
		.split(/([\u{E000}-\u{E002}])/u)
		.filter((text) => text !== '')
		.map((text): NotePart => {
			const name = HOLDERS[text as keyof typeof HOLDERS];
			return name ? { text: names[name], name } : { text, name: null };
		});
}
