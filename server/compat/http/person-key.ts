/** People as requests name them: by number. */
import * as v from 'valibot';
import type { Card } from '../../../src/lib/protocol/change.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import type { PeopleReads } from '../ports.ts';

/** The parameter of paths that name a person. */
export const PersonKey = v.object({
	id: v.pipe(v.string(), v.description('The id of a user'))
});

/** Rejects with RefusalError when nobody has this number. */
export async function personByNumber(
	store: Pick<PeopleReads, 'byNumber'>,
	key: string | number
): Promise<Card> {
	const text = String(key);
	const card = /^\d{1,15}$/.test(text) ? await store.byNumber(Number(text)) : null;
	if (!card) throw new RefusalError(refuse('no_such_person'));
	return card;
}
