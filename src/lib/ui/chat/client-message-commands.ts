/** What is done with a message by the client alone, without the screen around it. */
import { m } from '../../i18n/messages.ts';
import type { PersonId } from '../../protocol/ids.ts';
import { roleMay } from '../../protocol/rights.ts';
import type {
	Client,
	LocalFile,
	MessageItem,
	RoomDetail,
	TimelineView
} from '../../state/client/client-types.ts';
import { openProfile } from '../../state/app/panel.svelte.ts';
import { attempt } from '../base/attempt.ts';
import { nameOf } from '../base/name-of.ts';
import { copyText } from '../base/clipboard.ts';
import type { Allowed, MessageCommands } from './message-commands.ts';

type ClientCommands = Pick<
	MessageCommands,
	| 'react'
	| 'recall'
	| 'copy'
	| 'copyLink'
	| 'pin'
	| 'retry'
	| 'discard'
	| 'person'
	| 'local'
	| 'bytes'
	| 'names'
>;

/**
 * Makes them for one room.
 * @param local files of this device that are on their way, by id
 * @param doubtful whose names could be taken for another's
 */
export function clientCommands(
	client: Client,
	room: () => string,
	local: () => ReadonlyMap<string, LocalFile> | undefined,
	doubtful: () => ReadonlySet<PersonId>
): ClientCommands {
	return {
		react: ({ id, reactions }, emoji) => {
			const on = !reactions.some((one) => one.emoji === emoji && one.mine);
			void attempt(() =>
				client.act({ kind: 'message.react', room: room(), message: id, emoji, on })
			);
		},
		recall: (item) => void attempt(() => client.messages.recall(item)),
		copy: (text) => void copyText(text),
		copyLink: ({ seq }) =>
			void copyText(`${location.origin}/rooms/${room()}?m=${seq}`, m.link_copied()),
		pin: ({ id, pinned }) => pin(client, room(), id, !pinned),
		retry: (id) => void attempt(() => client.outbox.retry(id)),
		discard: (id) => void attempt(() => client.outbox.discard(id)),
		person: openProfile,
		local: (file) => local()?.get(file),
		bytes: (file) => client.messages.localBytes(file),
		async names(numbers) {
			const cards = await client.people.cardsByNumber(numbers);
			return numbers.flatMap((number) => {
				if (number === client.me.number || number === -1) return [m.you()];
				const card = cards.find((one) => one.number === number);
				return card ? [nameOf(card, doubtful())] : [];
			});
		}
	};
}

/** Pins a message or takes it down. */
export function pin(client: Client, room: string, message: string, on: boolean): void {
	void attempt(() => client.act({ kind: 'message.pin', room, message, on }));
}

/** Whether this person may pin here. */
export function mayPin({ direct, role }: Pick<RoomDetail, 'direct' | 'role'>): boolean {
	return direct !== null || (role !== null && roleMay(role, 'message.pin'));
}

/** What this person may do with a message of this room. */
export function allowedFor(item: MessageItem, room: RoomDetail): Allowed {
	const others = room.role !== null && roleMay(room.role, 'recall-of-others');
	return {
		edit: item.mine && item.forward === null,
		recall: item.mine || (others && room.direct === null && item.seq !== null),
		pin: mayPin(room)
	};
}

/** The newest message that its author could still change; undefined: none in view. */
export function lastEditable(items: TimelineView['items']): MessageItem | undefined {
	const mine = items.findLast(
		(item) => item.type === 'message' && item.mine && !item.deleted && !item.system && !item.forward
	);
	return mine?.type === 'message' ? mine : undefined;
}
