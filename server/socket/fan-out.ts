/**
 * Committed changes on their way to connected devices. Who gets a stream's frames is a group of
 * sockets in the in-memory adapter, whose membership changes at once: when `leave` returns, nothing
 * more of the stream reaches the person (promise 11).
 */
import type { PersonId, StreamId } from '../../src/lib/protocol/ids.ts';
import type { CommitListener } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import type { Presence } from './presence.ts';
import { personGroup, socketsIn, streamGroup, type AppNamespace } from './types.ts';
import type { Typing } from './typing.ts';

interface Parts {
	app: AppNamespace;
	presence: Presence;
	typing: Typing;
	log: Log;
}

/** A listener that sends what was committed to the sockets that may have it. */
export function createFanOut({ app, presence, typing, log }: Parts): CommitListener {
	function enter(person: PersonId, stream: StreamId): void {
		for (const socket of socketsIn(app, personGroup(person))) {
			socket.data.leftMeanwhile?.delete(stream);
			void socket.join(streamGroup(stream));
		}
		presence.entered(person, stream);
	}

	function leave(person: PersonId, stream: StreamId): void {
		for (const socket of socketsIn(app, personGroup(person))) {
			socket.data.leftMeanwhile?.add(stream);
			void socket.leave(streamGroup(stream));
		}
		presence.left(person, stream);
		typing.end(person, stream);
	}

	return ({ membershipChanges, contactsChanged, frames }) => {
		for (const move of membershipChanges) {
			if (move.in) enter(move.person, move.room);
			else leave(move.person, move.room);
		}
		const reads = contactsChanged.map((person) =>
			presence.relationsChanged(person).catch((error: unknown) => {
				log.error({ err: error }, 'relations could not be read');
			})
		);
		for (const frame of frames) app.to(streamGroup(frame.stream)).emit('frame', frame);
		// A block is acknowledged when nothing passes across it any more.
		if (reads.length > 0) return Promise.all(reads).then(() => undefined);
	};
}
