/**
 * Streams that are kept from others while acts are decided, where others write: everything that a decision depends on
 * is written by whoever holds one of them.
 *
 * - What belongs to a room (its members, messages, links): the room's stream.
 * - What belongs to a person (drafts, preferences, files, contacts): the person's feed.
 * - What administrators do, the beginning and the end of an account: the directory.
 * - What two people are to each other: both feeds, and their conversation, in which messages depend on it.
 *
 * Not the room that a message which is passed on comes from (see decision 29).
 *
 * Names and ids that are taken meanwhile need none: they are unique in the database, and the act is decided anew.
 */
import { DIRECTORY, directId } from '../../../src/lib/protocol/ids.ts';
import { laneOf } from '../../../src/lib/protocol/up.ts';
import { isAdminAct } from '../../domain/decide-admin.ts';
import { isInternalAct } from '../../domain/decide.ts';
import type { AnyAct, PreparedAct } from '../../domain/store-port.ts';
import type { FactContext } from './facts/fact-context.ts';
import { isRelating, personNamed } from './facts/person-facts.ts';
import { eachOf, type Steps } from './steps.ts';

/** The lane of an act, as for devices; the server's own acts are those of the person. */
export function laneOfAct(act: AnyAct, person: string): string {
	if (isInternalAct(act) || act.kind === 'call.begin') return 'room' in act ? act.room : person;
	return laneOf(act, person);
}

/** Of two administrators one is first: who is left after both is decided one after the other. */
const needsServer = (act: AnyAct): boolean => act.kind === 'account.delete' || isAdminAct(act);

function* streamsOf(context: FactContext, { act, person }: PreparedAct): Steps<string[]> {
	const server = needsServer(act) ? [DIRECTORY] : [];
	// Whoever is disabled does nothing that is decided meanwhile.
	const subject = isAdminAct(act) && 'person' in act ? [act.person] : [];
	const own = [person, laneOfAct(act, person), ...server, ...subject];
	if (!isRelating(act)) return own;
	const other = yield* personNamed(context, act);
	return other ? [...own, other.id, directId(person, other.id)] : own;
}

/** The streams of acts that are decided in one transaction. */
export function* streamsToLock(context: FactContext, acts: PreparedAct[]): Steps<string[]> {
	return (yield* eachOf(acts, (act) => streamsOf(context, act))).flat();
}

/** Rooms that an account leaves behind: known only once its feed is kept from others. */
export function* roomsToLock({ statements }: FactContext, acts: PreparedAct[]): Steps<string[]> {
	const ending = acts.filter(({ act }) => act.kind === 'account.delete');
	const rooms = yield* eachOf(ending, ({ person }) => statements.rooms.ofPerson.all(person));
	return rooms.flat().map(({ room }) => room);
}
