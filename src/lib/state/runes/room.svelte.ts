/** One open room as runes, inside a component that lives as long as the room is open. */
import type { Card } from '../../protocol/change.ts';
import type { PersonId, RoomId } from '../../protocol/ids.ts';
import type {
	Client,
	MemberItem,
	OpensAt,
	RoomDetail,
	TimelineSource,
	TimelineView
} from '../client/client-types.ts';
import { fromLive } from './from-live.svelte.ts';

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
 * @param opensAt where it opens
 */
export function openRoom(client: Client, room: RoomId, opensAt: OpensAt): OpenRoom {
	const sources = client.rooms.open(room, opensAt);
	const { source } = sources;
	const detail = fromLive(() => sources.detail);
	const view = fromLive(() => source);
	const members = fromLive(() => sources.members);
	const online = fromLive(() => client.people.presence(room));
	const typing = fromLive(() => client.people.typing(room));

	$effect(() => {
		const look = (): void =>
			client.rooms.watch(document.visibilityState === 'visible' ? room : null);
		look();
		document.addEventListener('visibilitychange', look);
		return () => {
			document.removeEventListener('visibilitychange', look);
			client.rooms.watch(null);
			client.messages.setTyping(null);
			client.messages.fetchHistory(null);
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
