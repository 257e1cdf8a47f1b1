/** Telling those who have a room on screen, each only what they may know of. */
import type { PersonId, RoomId } from '../../src/lib/protocol/ids.ts';
import type { Relations } from './relations.ts';
import { viewersGroup, personGroup, socketsIn, type AppNamespace } from './types.ts';

/** To whom something is said; `hidden`: of whom nothing may be said to them. */
type Say = (
	to: Pick<ReturnType<AppNamespace['to']>, 'emit'>,
	hidden: (person: PersonId) => boolean
) => void;

/**
 * Says it once to all who look, and by itself to those few for whom one of the people is a stranger.
 * @param about the people that it is about
 */
export function emitToViewers(
	app: AppNamespace,
	room: RoomId,
	relations: Relations,
	about: PersonId[],
	say: Say
): void {
	const apart = new Set<PersonId>();
	for (const { data } of socketsIn(app, viewersGroup(room))) {
		const viewer = data.actor.person;
		if (about.some((person) => relations.areBlocked(viewer, person))) apart.add(viewer);
	}
	say(app.to(viewersGroup(room)).except([...apart].map(personGroup)), () => false);
	for (const viewer of apart) {
		for (const socket of socketsIn(app, personGroup(viewer))) {
			if (!socket.rooms.has(viewersGroup(room))) continue;
			say(socket, (person) => relations.areBlocked(viewer, person));
		}
	}
}
