/** What sockets had joined, kept where all servers find it: a client that was cut may come back to another one. */
import type { RoomId } from '../../../src/lib/protocol/ids.ts';
import type { Log } from '../../log.ts';
import type { JoinedBefore, RejoinStore } from './rejoin-store.ts';

/** Lists of texts that all servers share, by session. They forget by themselves, as the store beside them does. */
export interface SharedLists {
	/** Adds a text at the end. */
	push(session: string, text: string): Promise<void>;
	/** Takes the last one away; null: there is none. */
	pop(session: string): Promise<string | null>;
	all(session: string): Promise<string[]>;
	/** Puts these in the place of all that there are. */
	replace(session: string, texts: string[]): Promise<void>;
}

/** @param own keeps what cannot be shared, because others cannot be reached */
export function createSharedRejoin(own: RejoinStore, lists: SharedLists, log: Log): RejoinStore {
	/** session -> what is being written, one after the other */
	const writing = new Map<string, Promise<void>>();

	function write(session: string, work: () => Promise<void>, otherwise: () => void): void {
		const before = writing.get(session) ?? Promise.resolve();
		const done = before.then(work).catch((error: unknown) => {
			log.debug({ err: error }, 'what a socket had joined is kept by this server alone');
			otherwise();
		});
		const entry = done.finally(() => {
			if (writing.get(session) === entry) writing.delete(session);
		});
		writing.set(session, entry);
	}

	async function forgetRoom(session: string, room: RoomId): Promise<void> {
		const texts = await lists.all(session);
		if (texts.length === 0) return;
		const sockets = texts.map((text) => JSON.parse(text) as JoinedBefore[]);
		const left = sockets.map((rooms) => JSON.stringify(rooms.filter((one) => one.room !== room)));
		await lists.replace(session, left);
	}

	return {
		keep(session, rooms) {
			if (rooms.length === 0) return;
			write(
				session,
				() => lists.push(session, JSON.stringify(rooms)),
				() => own.keep(session, rooms)
			);
		},
		async take(session) {
			await writing.get(session);
			const shared = await lists.pop(session).catch(() => null);
			return shared === null ? own.take(session) : (JSON.parse(shared) as JoinedBefore[]);
		},
		forgetRoom(session, room) {
			own.forgetRoom(session, room);
			write(
				session,
				() => forgetRoom(session, room),
				() => undefined
			);
		},
		forgetSession(session) {
			own.forgetSession(session);
			write(
				session,
				() => lists.replace(session, []),
				() => undefined
			);
		},
		async close() {
			await Promise.all(writing.values());
			await own.close();
		}
	};
}
