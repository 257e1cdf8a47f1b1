/** What becomes of acts between people, and of acts about oneself. Pure. */
import type { ContactRow } from '../../src/lib/protocol/change.ts';
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { nameProblem, tidyName } from '../../src/lib/protocol/names.ts';
import { already, breaksLines, no, yes, type Of } from './decision.ts';
import { departure } from './decide-room.ts';
import type { Decision, Effect, Facts, Prepared, StoredContact } from './store-port.ts';

const NOBODY: StoredContact = { state: 'none', blocked: false };

/** Both sides of what two people are to each other. */
function pair(
	person: string,
	{ target, mine, theirs }: Facts,
	state: ContactRow['state'],
	back: ContactRow['state']
): Decision {
	const other = target!.id;
	return yes(
		person,
		{ do: 'contact', person, other, state, blocked: (mine ?? NOBODY).blocked },
		{
			do: 'contact',
			person: other,
			other: person,
			state: back,
			blocked: (theirs ?? NOBODY).blocked
		}
	);
}

export function ask(act: Of<'friend.ask'>, person: string, facts: Facts): Decision {
	const { target, mine, theirs, head } = facts;
	const field = act.person === undefined ? 'name' : 'person';
	if (!target || target.deleted) return no('no_such_person', field);
	if (target.id === person) return no('not_yourself', field);
	if (mine?.blocked || theirs?.blocked) return no('person_unavailable');
	switch ((mine ?? NOBODY).state) {
		case 'friend':
		case 'outgoing':
			return already(person, head);
		case 'incoming':
			// Requests that cross are one friendship.
			return pair(person, facts, 'friend', 'friend');
		case 'none':
			return pair(person, facts, 'outgoing', 'incoming');
	}
}

export function accept(person: string, facts: Facts): Decision {
	const state = (facts.mine ?? NOBODY).state;
	if (state === 'friend') return already(person, facts.head);
	if (state !== 'incoming') return no('no_such_request');
	return pair(person, facts, 'friend', 'friend');
}

/** Reject, cancel, and end a friendship: what is not there any more needs no ending. */
export function end(act: Of<EndingKind>, person: string, facts: Facts): Decision {
	const state = (facts.mine ?? NOBODY).state;
	if (state === ENDS[act.kind]) return pair(person, facts, 'none', 'none');
	// The other one was faster: a friendship is not ended by taking the request back.
	if (state === 'friend') return no('no_such_request');
	return already(person, facts.head);
}
type EndingKind = 'friend.reject' | 'friend.cancel' | 'friend.remove';
const ENDS: Record<EndingKind, ContactRow['state']> = {
	'friend.reject': 'incoming',
	'friend.cancel': 'outgoing',
	'friend.remove': 'friend'
};

/** A block ends everything between the two, at once and in both directions. */
export function block(act: Of<'person.block'>, person: string, facts: Facts): Decision {
	const { target, mine, theirs, head } = facts;
	if (!target || target.deleted) return no('no_such_person', 'person');
	if (target.id === person) return no('not_yourself', 'person');
	if (mine?.blocked) return already(person, head);
	const other = target.id;
	const own: Effect = { do: 'contact', person, other, state: 'none', blocked: true };
	if (!theirs || theirs.state === 'none') return yes(person, own);
	const { blocked } = theirs;
	return yes(person, own, { do: 'contact', person: other, other: person, state: 'none', blocked });
}

export function unblock(person: string, { target, mine, head }: Facts): Decision {
	if (!target || !mine?.blocked) return already(person, head);
	return yes(person, { do: 'contact', person, other: target.id, state: 'none', blocked: false });
}

export function editProfile(act: Of<'profile.edit'>, person: string, facts: Facts): Decision {
	const name = act.name === undefined ? undefined : tidyName(act.name);
	const problem = name === undefined ? null : nameProblem(name);
	if (problem) return no(problem, 'name');
	if (facts.nameTaken) return no('name_taken', 'name');
	const display = act.display?.trim();
	if (display !== undefined && (codePoints(display) > LIMITS.displayMax || breaksLines(display))) {
		return no('display_invalid', 'display');
	}
	const bio = act.bio?.trim();
	if (bio !== undefined && codePoints(bio) > LIMITS.bioMax) return no('bio_too_long', 'bio');
	if (name === undefined && display === undefined && bio === undefined) {
		return already(person, facts.head);
	}
	return yes(person, {
		do: 'person.edit',
		person,
		...(name === undefined ? {} : { name }),
		...(display === undefined ? {} : { display: display || null }),
		...(bio === undefined ? {} : { bio: bio || null })
	});
}

export function setAvatar({ person, picture }: Prepared): Decision {
	return yes(person, { do: 'person.edit', person, avatar: picture ?? null });
}

export function setPref(act: Of<'pref.set'>, person: string, facts: Facts): Decision {
	if (facts.pref === act.value) return already(person, facts.head);
	return yes(person, { do: 'pref', person, key: act.key, value: act.value });
}

/**
 * The end of an account: out of all rooms (direct conversations stay for the other one), nothing to
 * anybody any more, and no name. What was said stays, as of anybody who has left.
 */
export function deleteAccount(person: string, { places, contacts }: Facts): Decision {
	return yes(
		person,
		...places
			.filter(({ direct }) => !direct)
			.flatMap(({ span, heir }) =>
				departure(span.room, person, span.role === 'owner', heir, 'left')
			),
		...contacts.flatMap((other): Effect[] => [
			{ do: 'contact', person, other, state: 'none', blocked: false },
			{ do: 'contact', person: other, other: person, state: 'none', blocked: false }
		]),
		{ do: 'person.delete', person }
	);
}
