/** What becomes of acts between people, and of acts about oneself. Pure. */
import type { ContactRow } from '../../src/lib/protocol/change.ts';
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { nameProblem, tidyName } from '../../src/lib/protocol/names.ts';
import { isVisible } from '../../src/lib/protocol/visible-name.ts';
import { PREFS_MAX } from './constants.ts';
import { unchanged, breaksLines, refuse, accept, type Of } from './decision.ts';
import { isLastAdmin } from './decide-admin.ts';
import { departure } from './decide-room.ts';
import type { Effect } from './effect.ts';
import type { Decision, Facts, PreparedAct, StoredContact } from './store-port.ts';

const NOBODY: StoredContact = { state: 'none', blocked: false };

/** Both sides of what two people are to each other. */
function pair(
	person: string,
	{ target, mine, theirs }: Facts,
	state: ContactRow['state'],
	back: ContactRow['state']
): Decision {
	const other = target!.id;
	const own: Effect = { do: 'contact', person, other, state, blocked: (mine ?? NOBODY).blocked };
	// Whoever blocked this person is told nothing: what is asked waits unseen (A14, HTTP-12).
	if (theirs?.blocked) return accept(person, own);
	return accept(person, own, {
		do: 'contact',
		person: other,
		other: person,
		state: back,
		blocked: (theirs ?? NOBODY).blocked
	});
}

export function askFriend(act: Of<'friend.ask'>, person: string, facts: Facts): Decision {
	const { target, mine, head } = facts;
	const field = act.person === undefined ? 'name' : 'person';
	if (!target || target.deleted) return refuse('no_such_person', field);
	if (target.id === person) return refuse('not_yourself', field);
	if (mine?.blocked) return refuse('person_unavailable');
	switch ((mine ?? NOBODY).state) {
		case 'friend':
		case 'outgoing':
			return unchanged(person, head);
		case 'incoming':
			// Requests that cross are one friendship.
			return pair(person, facts, 'friend', 'friend');
		case 'none':
			return pair(person, facts, 'outgoing', 'incoming');
	}
}

export function acceptFriend(person: string, facts: Facts): Decision {
	const state = (facts.mine ?? NOBODY).state;
	if (state === 'friend') return unchanged(person, facts.head);
	if (state !== 'incoming') return refuse('no_such_request');
	return pair(person, facts, 'friend', 'friend');
}

/** Reject, cancel, and end a friendship: what is not there any more needs no ending. */
export function endFriendship(act: Of<EndingKind>, person: string, facts: Facts): Decision {
	const state = (facts.mine ?? NOBODY).state;
	if (state === ENDS[act.kind]) return pair(person, facts, 'none', 'none');
	// The other one was faster: a friendship is not ended by taking the request back.
	if (state === 'friend') return refuse('no_such_request');
	return unchanged(person, facts.head);
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
	if (!target || target.deleted) return refuse('no_such_person', 'person');
	if (target.id === person) return refuse('not_yourself', 'person');
	if (mine?.blocked) return unchanged(person, head);
	const other = target.id;
	const own: Effect = { do: 'contact', person, other, state: 'none', blocked: true };
	if (!theirs || theirs.state === 'none') return accept(person, own);
	const { blocked } = theirs;
	return accept(person, own, {
		do: 'contact',
		person: other,
		other: person,
		state: 'none',
		blocked
	});
}

/** What was asked meanwhile, unseen, is there now. */
export function unblock(person: string, { target, mine, theirs, head }: Facts): Decision {
	if (!target || !mine?.blocked) return unchanged(person, head);
	const state = theirs?.state === 'outgoing' && !theirs.blocked ? 'incoming' : 'none';
	return accept(person, { do: 'contact', person, other: target.id, state, blocked: false });
}

/** An empty one takes the display name away; any other is seen by others, and has to show something. */
const isFitDisplay = (display: string): boolean =>
	codePoints(display) <= LIMITS.displayMax && !breaksLines(display) && isVisible(display);

export function editProfile(act: Of<'profile.edit'>, person: string, facts: Facts): Decision {
	const name = act.name === undefined ? undefined : tidyName(act.name);
	const problem = name === undefined ? null : nameProblem(name);
	if (problem) return refuse(problem, 'name');
	if (facts.nameTaken) return refuse('name_taken', 'name');
	const display = act.display?.trim();
	if (display && !isFitDisplay(display)) {
		return refuse('display_invalid', 'display');
	}
	if (facts.displayTaken) return refuse('name_taken', 'display');
	const bio = act.bio?.trim();
	if (bio !== undefined && codePoints(bio) > LIMITS.bioMax) return refuse('bio_too_long', 'bio');
	if (name === undefined && display === undefined && bio === undefined) {
		return unchanged(person, facts.head);
	}
	return accept(person, {
		do: 'person.edit',
		person,
		...(name === undefined ? {} : { name }),
		...(display === undefined ? {} : { display: display || null }),
		...(bio === undefined ? {} : { bio: bio || null })
	});
}

export function setAvatar({ person, picture }: PreparedAct): Decision {
	return accept(person, { do: 'person.edit', person, avatar: picture ?? null });
}

export function setPref(act: Of<'pref.set'>, person: string, facts: Facts): Decision {
	if (facts.pref === act.value) return unchanged(person, facts.head);
	const grown = facts.prefsSize - facts.pref.length + act.value.length;
	const isGrowing = act.value.length > facts.pref.length;
	if (isGrowing && grown > PREFS_MAX) return refuse('quota_exceeded', 'value');
	return accept(person, { do: 'pref', person, key: act.key, value: act.value });
}

/**
 * The end of an account: out of all rooms (direct conversations stay for the other one), nothing to
 * anybody any more, and no name. What was said stays, as of anybody who has left.
 */
export function deleteAccount(person: string, { memberships, contacts, admin }: Facts): Decision {
	if (isLastAdmin(admin!)) return refuse('last_admin');
	return accept(
		person,
		...memberships
			.filter(({ direct }) => !direct)
			.flatMap(({ membership, members }) => departure(membership, members, 'left')),
		...contacts.flatMap((other): Effect[] => [
			{ do: 'contact', person, other, state: 'none', blocked: false },
			{ do: 'contact', person: other, other: person, state: 'none', blocked: false }
		]),
		{ do: 'person.delete', person }
	);
}
