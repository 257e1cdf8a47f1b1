/** Everything unsent, for the page that lists it: whom and what each act is about. Pure. */
import type { Card } from '../protocol/change.ts';
import { isDirectId, type PersonId } from '../protocol/ids.ts';
import type { Act } from '../protocol/up.ts';
import { localCards } from './local-file-cards.ts';
import { isUserVisible } from '../sync/outbox/create-act.ts';
import { roomItems, type RoomListInput } from './optimistic-rooms.ts';
import { deliveryOf } from './timeline.ts';
import type { OutboxItem } from './views.ts';

/** Everything unsent that a person would call unsent, oldest first. */
export function outboxItems(input: RoomListInput): OutboxItem[] {
	const names = new Map(roomItems(input).map((room) => [room.id, room.name]));
	return input.outbox.filter(isUserVisible).map((row) => {
		const { act } = row;
		const room = 'room' in act ? act.room : null;
		return {
			id: row.id,
			room,
			roomName: (room && names.get(room)) || null,
			kind: act.kind,
			direct: room !== null && isDirectId(room),
			person: personOf(act, input),
			emoji: 'emoji' in act ? act.emoji : null,
			on: 'on' in act ? act.on : true,
			role: 'role' in act ? act.role : null,
			text: textOf(act),
			files: localCards(act, input.files),
			at: row.at,
			delivery: deliveryOf(row, input.sending),
			refusal: row.refusal,
			tries: row.tries
		};
	});
}

/** People whom unsent acts are about. */
export function peopleOf(outbox: RoomListInput['outbox']): PersonId[] {
	return outbox.flatMap(({ act }) => ('person' in act && act.person ? [act.person] : []));
}

function personOf(act: Act, { cards, contacts }: RoomListInput): string | null {
	if (!('person' in act) || !act.person) {
		return act.kind === 'friend.ask' ? (act.name ?? null) : null;
	}
	const card: Card | undefined =
		cards.get(act.person) ?? contacts.find((row) => row.id === act.person)?.card;
	return card?.display ?? card?.name ?? (act.kind === 'friend.ask' ? (act.name ?? null) : null);
}

function textOf(act: Act): string {
	switch (act.kind) {
		case 'message.post':
		case 'message.edit':
			return act.body;
		case 'room.create':
			return act.name;
		case 'room.edit':
			return [act.name, act.description].filter((part) => part).join('\n');
		case 'profile.edit':
			return [act.display, act.name, act.bio].filter((part) => part).join('\n');
		default:
			return '';
	}
}
