/** One open room as runes, inside a component that lives as long as the room is open. */
import type { Card } from '../protocol/change.ts';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import type {
	Client,
	MemberItem,
	RoomDetail,
	TimelineSource,
	TimelineView
} from './client-types.ts';
import { follow } from './live.svelte.ts';

export interface OpenRoom {
	/** undefined: not yet read from the device; null: not a member */
	readonly detail: RoomDetail | null | undefined;
	readonly view: TimelineView | undefined;
	readonly source: TimelineSource;
	readonly members: MemberItem[];
	/** null: not known, because we are offline ourselves */
	readonly online: ReadonlySet<PersonId> | null;
	readonly typing: Card[];
}

/**
 * Opens a room. Tells the others that this room is being looked at while the window is visible,
 * which is what presence and typing depend on.
 */
export function openRoom(client: Client, room: RoomId): OpenRoom {
	const source = client.timeline(room);
	const detail = follow(() => client.room(room));
	const view = follow(() => source);
	const members = follow(() => client.members(room));
	const online = follow(() => client.presence(room));
	const typing = follow(() => client.typing(room));

	$effect(() => {
		const look = (): void => client.look(document.visibilityState === 'visible' ? room : null);
		look();
		document.addEventListener('visibilitychange', look);
		return () => {
			document.removeEventListener('visibilitychange', look);
			client.look(null);
			client.setTyping(null);
			client.fill(null);
		};
	});

	return {
		source,
		get detail() {
			return detail.current;
		},
		get view() {
			return view.current;
		},
		get members() {
			return members.current ?? [];
		},
		get online() {
			return online.current ?? null;
		},
		get typing() {
			return typing.current ?? [];
		}
	};
}
