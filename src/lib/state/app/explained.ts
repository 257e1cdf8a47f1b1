/** What is explained to a person once on a device. */
import { keep, readKept } from '../../db/account-storage.ts';
import type { PersonId } from '../../protocol/ids.ts';

/** Whether this was not explained here yet; from now on it was. */
export function explainOnce(me: PersonId, what: 'offline'): boolean {
	const key = `${what}-explained`;
	if (readKept(me, key) !== null) return false;
	keep(me, key, 'yes');
	return true;
}
