/** How much of each conversation this device keeps. A choice of the device, not of the person: a phone has less room. */
import * as v from 'valibot';
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { keep, readKept } from './account-storage.ts';

/** Everything that comes; of the last 30 days; the newest page. What is unread is always kept. */

export type KeepPolicy = 'all' | 'month' | 'newest';

/** ms that "month" goes back. */
export const MONTH = 30 * 86_400_000;

/** Rooms that have a policy of their own. */
const ROOMS_MAX = 1_000;
const NAME = 'keep';
const Stored = v.record(v.string(), v.picklist(['month', 'newest']));
type Kept = v.InferOutput<typeof Stored>;

/** The rooms of which not everything is kept. */
export function keepPolicies(account: PersonId): Kept {
	try {
		return v.parse(Stored, JSON.parse(readKept(account, NAME) ?? '{}'));
	} catch (error) {
		// Somebody else wrote under this name.
		if (error instanceof SyntaxError || v.isValiError(error)) return {};
		throw error;
	}
}

/** Notes how much of a room is kept from now on. */
export function setKeepPolicy(account: PersonId, room: RoomId, policy: KeepPolicy): void {
	const others = Object.entries(keepPolicies(account)).filter(([id]) => id !== room);
	const own = policy === 'all' ? [] : [[room, policy] as const];
	const kept = Object.fromEntries([...others.slice(1 - ROOMS_MAX), ...own]);
	keep(account, NAME, others.length + own.length === 0 ? null : JSON.stringify(kept));
}
