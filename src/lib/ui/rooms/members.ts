/** Which members of a room are shown, and in which order. */
import type { PersonId } from '../../protocol/ids.ts';
import type { MemberItem } from '../../state/client/client-types.ts';

/** Those whose name or display name has the text in it, whatever its case. */
export function matches(members: MemberItem[], text: string): MemberItem[] {
	const wanted = text.trim().replace(/^@/u, '').toLocaleLowerCase();
	if (wanted === '') return members;
	return members.filter(({ card }) =>
		`${card.display ?? ''}\n${card.name}`.toLocaleLowerCase().includes(wanted)
	);
}

/**
 * Who is here first; among them, and among the others, the order in which they came: owner, admins,
 * members, each by name. Linear, because a room may have thousands.
 */
export function inOrder(members: MemberItem[], online: ReadonlySet<PersonId> | null): MemberItem[] {
	if (!online) return members;
	const here: MemberItem[] = [];
	const away: MemberItem[] = [];
	for (const member of members) (online.has(member.card.id) ? here : away).push(member);
	return [...here, ...away];
}
