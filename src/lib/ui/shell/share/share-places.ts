/** Where something can be sent: rooms and conversations that one may write in, then friends without a conversation yet. */
import type { Card } from '../../../protocol/change.ts';
import type { ContactItem, RoomItem } from '../../../state/client/client-types.ts';
import { canPost } from '../../../state/client/can-post.ts';

interface SharePlace extends Pick<RoomItem, 'id' | 'name' | 'direct' | 'unread'> {
	/** somebody with whom a conversation is to be begun; null: the conversation is there */
	friend: Card | null;
}

/** Pure. @param rooms in the order in which they are to be shown */
export function sharePlaces(
	rooms: readonly RoomItem[],
	contacts: readonly ContactItem[]
): SharePlace[] {
	const open = rooms.filter(canPost);
	const talkedTo = new Set(rooms.flatMap(({ direct }) => direct?.person ?? []));
	const friends = contacts.filter(
		({ state, blocked, person }) => state === 'friend' && !blocked && !talkedTo.has(person)
	);
	return [
		...open.map(({ id, name, direct, unread }) => ({ id, name, direct, unread, friend: null })),
		...friends.map(({ person, card }) => ({
			id: person,
			name: card.display ?? card.name,
			direct: { person, card, blocked: false },
			unread: 0,
			friend: card
		}))
	];
}
