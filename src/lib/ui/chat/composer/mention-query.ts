/** Completing a name behind an @. Pure. */
import type { Card } from '../../../protocol/change.ts';
import { LIMITS } from '../../../protocol/limits.ts';

/** An @ at which a name is being written, and what there is of the name. */
export interface MentionQuery {
	/** UTF-16 index of the @ */
	at: number;
	text: string;
}

/** People offered at once. */
const MOST = 6;

/** Not in the middle of an address; Chinese has no space before the @ either. */
const WRITING = new RegExp(
	`(?<![\\p{Script=Latin}\\p{Nd}_@.])@([\\p{L}\\p{Nd}_]{0,${LIMITS.nameMax}})$`,
	'u'
);

/** The name that is being written before the cursor, or null. */
export function mentionQuery(text: string, cursor: number): MentionQuery | null {
	const match = WRITING.exec(text.slice(0, cursor));
	return match && { at: match.index, text: match[1]! };
}

/** People whose user name or display name fits, those that begin with it first. */
export function mentionable(people: readonly Card[], text: string): Card[] {
	const wanted = text.toLocaleLowerCase();
	const rank = ({ name, display }: Card): number => {
		const names = [name, display ?? ''].map((one) => one.toLocaleLowerCase());
		if (names.some((one) => one.startsWith(wanted))) return 0;
		if (names.some((one) => one.split(/[\s_]+/u).some((word) => word.startsWith(wanted)))) return 1;
		return names.some((one) => one.includes(wanted)) ? 2 : 3;
	};
	return people
		.map((card) => ({ card, rank: rank(card) }))
		.filter((one) => one.rank < 3)
		.sort((a, b) => a.rank - b.rank || a.card.name.localeCompare(b.card.name))
		.slice(0, MOST)
		.map(({ card }) => card);
}

/** What is to be written, and in the place of what (UTF-16 units), so that a name is complete. */
export function completion(
	text: string,
	query: MentionQuery,
	cursor: number,
	name: string
): { from: number; to: number; text: string } {
	const isApart = /^\s/u.test(text.slice(cursor));
	return { from: query.at, to: cursor, text: `@${name}${isApart ? '' : ' '}` };
}
