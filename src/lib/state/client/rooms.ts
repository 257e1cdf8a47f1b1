/** Rooms: those the person is in, those that can be found, and the ways into one. */
import type { Live } from '../../db/live.ts';
import type { Prefs } from '../../db/prefs.ts';
import type { Queries } from '../../db/queries.ts';
import type { OpensAt } from '../../db/timeline-source.ts';
import { browserRandom } from '../../net/browser.ts';
import type { Card } from '../../protocol/change.ts';
import type { Invited } from '../../protocol/down.ts';
import type { RoomId } from '../../protocol/ids.ts';
import type {
	DirectoryItem,
	InviteItem,
	MemberItem,
	RoomDetail,
	RoomItem
} from '../../read-model/views.ts';
import type { Hub } from '../../sync/engine/hub.ts';
import type { Act } from './act.ts';
import { createRoomPlaces, type RoomPlaces } from './room-places.ts';
import type { PresenceAndTyping } from './presence-and-typing.ts';
import type { RoomReadAhead, RoomSources } from './room-sources.ts';

/** What an invite link allows. */
export interface InviteTerms {
	/** ms from acceptance; null: never ends by itself */
	lasts: number | null;
	/** how many may come in; null: any number */
	uses: number | null;
}

export interface ClientRooms extends RoomPlaces {
	/** Rooms the person is in, is making or is joining. */
	list(): Live<readonly RoomItem[]>;
	/** Rooms that can be found, those the person is in included. */
	directory(): Live<DirectoryItem[]>;
	/** null: neither a member, nor about to be. */
	get(id: RoomId): Live<RoomDetail | null>;
	members(room: RoomId): Live<MemberItem[]>;
	/** What the screen of a room is made of. */
	open(room: RoomId, opensAt: OpensAt): RoomSources;
	/** Begins to read what `open` will answer, because its row was pressed. */
	readAhead(room: RoomId, opensAt: OpensAt): void;
	/** Who may not come back into a room. */
	banned(room: RoomId): Live<Card[]>;
	/** The person's own invite links to a room. */
	invites(room: RoomId): Live<InviteItem[]>;
	/** Makes a room; answers its id, under which it can be opened at once. */
	create(room: { name: string; description: string; password?: string }): Promise<RoomId>;
	/** Makes an invite link; it opens the room once the server has it. */
	createInvite(room: RoomId, terms: InviteTerms): Promise<void>;
	/** What is behind an invite link; null: it opens nothing (any more). Rejects with LinkError when it cannot be asked. */
	lookUpInvite(room: RoomId, token: string): Promise<Invited['room']>;
	/** The room on screen in a visible window, or null. */
	watch(room: RoomId | null): void;
	/** What was on screen is read. */
	markRead(room: RoomId, upto: number): void;
}

interface Parts {
	queries: Queries;
	hub: Hub;
	presence: PresenceAndTyping;
	ahead: RoomReadAhead;
	act: Act;
	/** what is chosen now, what waits included */
	prefs: () => Promise<Prefs>;
	makeId: () => string;
	onError: (error: unknown) => void;
}

/** 128 random bits, base64url: what RFC 4648 calls "base64url" without padding. */
function newToken(): string {
	const bytes = browserRandom.bytes(16);
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');
}

export function createRooms(parts: Parts): ClientRooms {
	const { queries, hub, presence, ahead, act, makeId, onError } = parts;
	return {
		...createRoomPlaces(parts),
		list: queries.rooms,
		directory: queries.directory,
		get: queries.room,
		members: queries.members,
		open: (room, opensAt) => ahead.take(room, opensAt),
		readAhead: (room, opensAt) => ahead.begin(room, opensAt),
		banned: queries.banned,
		invites: queries.invites,
		async create(room) {
			const id = makeId();
			await act({ kind: 'room.create', room: id, ...room });
			return id;
		},
		async createInvite(room, { lasts, uses }) {
			await act({
				kind: 'invite.create',
				room,
				invite: makeId(),
				token: newToken(),
				...(lasts === null ? {} : { lasts }),
				...(uses === null ? {} : { uses })
			});
		},
		lookUpInvite: async (room, token) => (await hub.ask('invite', { room, invite: token })).room,
		watch: (room) => presence.watchRoom(room),
		markRead(room, upto) {
			hub.read(room, upto).catch(onError);
		}
	};
}
