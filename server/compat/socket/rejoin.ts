/**
 * Clients of this API reconnect by themselves, but never join their rooms again: sockets that were cut are put
 * back by the server, which also delivers what they missed (compat-api, section 4). Nearly all of that is read before
 * the turn in which it is sent, because commits wait for turns.
 */
import type { PersonId } from '../../../src/lib/protocol/ids.ts';
import type { CompatContext } from '../context.ts';
import { filesOf } from '../files.ts';
import type { FilesById, MessageView, Missed, Rest } from '../ports.ts';
import { createSerializers, type Serializers } from '../serializers.ts';
import { createViewer } from '../viewer.ts';
import { isGuestSession } from './guests.ts';
import type { Progress } from './progress.ts';
import type { JoinedBefore, RejoinStore } from './rejoin-store.ts';
import { joinedGroup, namedGroup, type CompatSocket, type JoinedRoom } from './types.ts';

/** Missed messages of one room that are delivered on coming back, and of all rooms together. */
const MISSED_MAX = 500;
const ALL_MISSED_MAX = 2_000;

/** What a socket comes back to. */
export interface Return {
	rooms: (Missed & Pick<JoinedBefore, 'byName'> & { id: string })[];
	/** of the messages that were missed */
	files: FilesById;
	/** number of the last message that was looked at */
	readUpTo: number;
}

/** The same, with what came since it was read; null where it comes back to no room. */
export type ReturnNow = (Return & { rest: Rest }) | null;

export interface Rejoin {
	/** Keeps what a socket had joined, or was to come back to; what may not have arrived will be delivered again. */
	remember(socket: CompatSocket): void;
	/** Reads what a socket missed in these rooms; before its turn. */
	read(socket: CompatSocket, kept: readonly JoinedBefore[]): Promise<Return>;
	/** Reads the rest; in its turn. */
	readRest(socket: CompatSocket, before: Return): Promise<ReturnNow>;
	/** Puts a socket back where its session's last one was, and sends what it missed; in its turn. */
	restore(socket: CompatSocket, now: ReturnNow): void;
}

interface RejoinOptions {
	context: Pick<CompatContext, 'log' | 'presence' | 'sessions' | 'store'>;
	rejoinStore: RejoinStore;
	progress: Progress;
}

export function createRejoin({ context, rejoinStore, progress }: RejoinOptions): Rejoin {
	const { log, presence, sessions, store } = context;

	async function forgetIfEnded(session: string): Promise<void> {
		if (!(await sessions.isAlive(session))) rejoinStore.forgetSession(session);
	}

	return {
		remember({ data: { actor, joined, kept, left, delivered } }) {
			if (isGuestSession(actor.session)) return;
			const arrived = delivered();
			const unsettled = kept.filter(({ room }) => !left.has(room));
			const had = [...joined].map(([room, { byName, from: seq }]) => ({
				...{ room, byName, seq, arrived }
			}));
			rejoinStore.keep(actor.session, [...unsettled, ...had]);
			forgetIfEnded(actor.session).catch((error: unknown) => {
				log.error({ err: error }, 'a session could not be looked up');
			});
		},
		read: ({ data: { actor } }, kept) => readMissed(store, actor.person, kept, progress.told),
		async readRest({ data: { actor } }, before) {
			const ids = before.rooms.map(({ id }) => id);
			if (ids.length === 0) return null;
			const known = before.rooms.flatMap(({ messages }) => messages.map(({ row }) => row.number));
			const span = { before: known, above: before.readUpTo, upTo: progress.told };
			const rest = await store.rest(actor.person, ids, span, ALL_MISSED_MAX);
			const amended = [...rest.amended.values()].filter((view) => view !== null);
			const files = await filesIn(store, [...rest.messages.values(), amended].flat());
			return { ...before, files: new Map([...before.files, ...files]), rest };
		},
		restore(socket, now) {
			if (!now) return;
			const { rooms, files, rest } = now;
			socket.data.given = progress.told;
			const viewer = createViewer(presence, new Set(rest.blocked));
			const serialize = createSerializers({ viewer, files });
			for (const { id, byName, from, messages } of rooms) {
				const called = rest.rooms.get(id);
				if (!called || socket.data.left.has(id)) continue;
				const room = { ...called, byName, from };
				putInto(socket, id, room);
				for (const read of [...messages, ...(rest.messages.get(id) ?? [])]) {
					// Whoever was there when it was edited or recalled has been told so; this socket was not.
					const amended = rest.amended.get(read.row.number);
					const view = amended === undefined ? read : amended;
					if (view) socket.emit('new_message', payload(serialize, view, room));
				}
			}
		}
	};
}

async function readMissed(
	store: CompatContext['store'],
	person: PersonId,
	kept: readonly JoinedBefore[],
	readUpTo: number
): Promise<Return> {
	const rooms: Return['rooms'] = [];
	let left = ALL_MISSED_MAX;
	// One after the other, because the bound is over all of them.
	for (const { room: id, seq, arrived, byName } of kept) {
		const span = { room: id, seq, above: arrived, upTo: readUpTo };
		const missed = await store.missed(person, span, Math.min(MISSED_MAX, left));
		if (!missed) continue;
		left -= missed.messages.length;
		rooms.push({ ...missed, id, byName });
	}
	const files = await filesIn(
		store,
		rooms.flatMap(({ messages }) => messages)
	);
	return { rooms, files, readUpTo };
}

async function filesIn(
	store: CompatContext['store'],
	messages: readonly MessageView[]
): Promise<FilesById> {
	const ids = filesOf(messages.map(({ row }) => row));
	return ids.length === 0 ? new Map() : store.files(ids);
}

/** The socket receives a room. */
export function putInto(socket: CompatSocket, id: string, room: JoinedRoom): void {
	socket.data.joined.set(id, room);
	void socket.join(joinedGroup(id));
	if (room.byName) void socket.join(namedGroup(id));
	else void socket.leave(namedGroup(id));
}

/** A message in a room, in the form of a socket. */
function payload(
	serialize: Serializers,
	view: MessageView,
	{ byName, name, number }: JoinedRoom
): unknown {
	return byName ? serialize.legacyMessage(view, name) : serialize.message(view, number);
}
