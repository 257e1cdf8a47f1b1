/** The part of the facts that is about people: who it is about, what they are to each other, whom a text names. */
import { keysCalled, mentionsOf, type Call } from '../../../../src/lib/markup/mentions.ts';
import type { Mention } from '../../../../src/lib/protocol/change.ts';
import { isDirectId } from '../../../../src/lib/protocol/ids.ts';
import { nameKeys } from '../../../../src/lib/protocol/name-key.ts';
import { tidyName } from '../../../../src/lib/protocol/names.ts';
import type {
	AnyAct,
	Facts,
	PreparedAct,
	StoredContact,
	StoredPerson
} from '../../../domain/store-port.ts';
import { personByName } from '../person-by-name.ts';
import type { PersonRecord } from '../records.ts';
import type { Steps } from '../steps.ts';
import type { FactContext } from './fact-context.ts';

/** Acts about somebody, for whom both sides of the relation are needed. */
const RELATING: ReadonlySet<AnyAct['kind']> = new Set([
	'direct.open',
	'friend.ask',
	'friend.accept',
	'friend.reject',
	'friend.cancel',
	'friend.remove',
	'person.block',
	'person.unblock'
]);
/** Acts for which it matters whether there is a block in a direct conversation. */
const SPEAKING: ReadonlySet<AnyAct['kind']> = new Set([
	'message.post',
	'message.edit',
	'message.react',
	'message.pin',
	'read.mark',
	'call.begin'
]);

/** Whether an act is about what two people are to each other. */
export const isRelating = ({ kind }: AnyAct): boolean => RELATING.has(kind);

const storedPerson = (
	record: Pick<PersonRecord, 'id' | 'number' | 'name' | 'deleted_at'>
): StoredPerson => ({
	id: record.id,
	number: record.number,
	name: record.name,
	deleted: record.deleted_at !== null
});

function* personById({ statements }: FactContext, id: string): Steps<StoredPerson | null> {
	const record = yield* statements.people.byId.get(id);
	return record ? storedPerson(record) : null;
}

/** Whether somebody has an account that is not disabled. */
export function* isActive({ statements }: FactContext, person: string): Steps<boolean> {
	return (yield* statements.people.isActive.get(person)) !== undefined;
}

/** The person whom an act names. */
export function* personNamed(context: FactContext, act: AnyAct): Steps<StoredPerson | null> {
	if (act.kind === 'friend.ask' && act.person === undefined) {
		if (act.name === undefined) return null;
		const found = yield* personByName(context.statements.people.byName, act.name);
		return found ? storedPerson(found) : null;
	}
	if (!('person' in act) || act.person === undefined) return null;
	return yield* personById(context, act.person);
}

/** The other one of the direct conversation in which an act speaks. */
function* personSpokenTo(
	context: FactContext,
	room: string,
	actor: string
): Steps<StoredPerson | null> {
	const other = yield* context.statements.rooms.otherPerson.get(room, actor);
	return other === undefined ? null : yield* personById(context, other);
}

function* contactOf(
	{ statements }: FactContext,
	person: string,
	other: string
): Steps<StoredContact | null> {
	const record = yield* statements.people.contact.get(person, other);
	return record ? { state: record.state, blocked: record.blocked === 1 } : null;
}

/** The person that an act is about, and what the two are to each other where that matters. */
export function* relationOf(
	context: FactContext,
	act: AnyAct,
	actor: string
): Steps<Pick<Facts, 'target' | 'mine' | 'theirs'>> {
	const isSpeaking = 'room' in act && isDirectId(act.room) && SPEAKING.has(act.kind);
	if (!isSpeaking && !isRelating(act)) {
		const target = act.kind === 'member.remove' ? yield* personNamed(context, act) : null;
		return { target, mine: null, theirs: null };
	}
	const target = isSpeaking
		? yield* personSpokenTo(context, act.room, actor)
		: yield* personNamed(context, act);
	if (!target) return { target, mine: null, theirs: null };
	return {
		target,
		mine: yield* contactOf(context, actor, target.id),
		theirs: yield* contactOf(context, target.id, actor)
	};
}

/** The actor; asked for by reactions. */
export function* actorOf(
	context: FactContext,
	{ act, person }: PreparedAct
): Steps<StoredPerson | null> {
	return act.kind === 'message.react' ? yield* personById(context, person) : null;
}

/** Members of a room whom a text names with an @. */
export function* mentionsIn(
	{ statements }: FactContext,
	room: string,
	calls: readonly Call[]
): Steps<Mention[]> {
	const keys = keysCalled(calls);
	if (keys.length === 0) return [];
	const found = yield* statements.rooms.peopleNamed.all(room, JSON.stringify(keys));
	return mentionsOf(calls, new Map(found.map(({ id, name_key }) => [name_key, id])));
}

/** Whether another person has this user name, or one that looks like it. */
export function* isPersonNameTaken(
	context: FactContext,
	name: string,
	actor: string
): Steps<boolean> {
	for (const key of nameKeys(tidyName(name))) {
		const holder = yield* context.statements.people.holderOf.get(key);
		if (holder !== undefined && holder !== actor) return true;
	}
	return false;
}
