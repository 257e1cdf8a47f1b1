/** For tests in which no account ends. */
import type { AccountEnds } from '../../server/auth/account-end.ts';

export const NOBODY_LEAVES: Pick<AccountEnds, 'plan' | 'dueOf' | 'undo'> = {
	plan: () => Promise.reject(new Error('nobody leaves')),
	dueOf: async () => null,
	undo: async () => undefined
};
