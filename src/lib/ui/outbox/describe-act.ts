/** What an unsent act is called in the outbox, and where to go about one that was refused. */
import { m } from '../../i18n/messages.ts';
import type { OutboxItem } from '../../state/client/client-types.ts';

type About = { room: string; person: string; emoji: string };
type Words = (about: About) => string;

const WORDS: Record<OutboxItem['kind'], Words | ((about: About, item: OutboxItem) => string)> = {
	'message.post': (about, item) =>
		item.direct ? m.kind_post_direct({ person: about.room }) : m.kind_post(about),
	'message.edit': m.kind_edit,
	'message.recall': m.kind_recall,
	'message.react': (about, item) => (item.on ? m.kind_react(about) : m.kind_unreact(about)),
	'message.pin': (about, item) => (item.on ? m.kind_pin(about) : m.kind_unpin(about)),
	'message.report': m.kind_report,
	'room.create': m.kind_create,
	'room.edit': m.kind_room_edit,
	'room.delete': m.kind_room_delete,
	'room.join': m.kind_join,
	'room.leave': m.kind_leave,
	'room.hand-over': m.kind_hand_over,
	'direct.open': m.kind_direct,
	'member.remove': m.kind_remove_member,
	'member.unban': m.kind_unban,
	'member.mute': m.kind_mute,
	'member.role': (about, item) =>
		item.role === 'admin' ? m.kind_admin(about) : m.kind_member(about),
	'invite.create': m.kind_invite,
	'invite.revoke': m.kind_invite_end,
	'read.mark': m.kind_other,
	'draft.save': m.kind_other,
	'friend.ask': m.kind_friend_ask,
	'friend.accept': m.kind_friend_accept,
	'friend.reject': m.kind_friend_reject,
	'friend.cancel': m.kind_friend_cancel,
	'friend.remove': m.kind_friend_remove,
	'person.block': m.kind_block,
	'person.unblock': m.kind_unblock,
	'profile.edit': m.kind_profile,
	'profile.avatar': m.kind_avatar,
	'pref.set': m.kind_pref
};

/** The heading of an entry. */
export function titleOf(item: OutboxItem): string {
	const about = {
		room: item.roomName ?? m.unknown_room(),
		person: item.person ?? m.somebody(),
		emoji: item.emoji ?? ''
	};
	return WORDS[item.kind](about, item);
}

/** A place where a refused act can be put right, when there is a better one than trying again. */
export function helpOf(item: OutboxItem): { href: string; label: () => string } | null {
	switch (item.refusal?.code) {
		case 'not_a_member':
		case 'room_password_missing':
		case 'room_password_wrong':
			return item.room ? { href: `/rooms/${item.room}`, label: m.help_join } : null;
		case 'person_unavailable':
		case 'no_such_request':
		case 'no_such_person':
			return { href: '/friends', label: m.help_friends };
		case 'name_taken':
		case 'name_invalid':
		case 'display_invalid':
		case 'bio_too_long':
		case 'picture_invalid':
			return { href: '/settings', label: m.help_profile };
		case 'room_name_taken':
		case 'room_name_invalid':
		case 'pins_full':
			return item.kind !== 'room.create' && item.room
				? { href: `/rooms/${item.room}/about`, label: m.help_room }
				: null;
		default:
			return null;
	}
}
