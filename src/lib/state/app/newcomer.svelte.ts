/**
 * Who made an account in this window just now, and has not yet been asked how others shall see them. Kept with the
 * window, so that it outlives a reload, and no other device or tab asks.
 */
import { allowed } from '../../db/account-storage.ts';
import type { PersonId } from '../../protocol/ids.ts';

const KEY = 'roost:newcomer';

class Newcomer {
	#id = $state(allowed(() => sessionStorage.getItem(KEY), null));

	/** Whether this person is to be asked. */
	is(me: PersonId): boolean {
		return this.#id === me;
	}

	/** An account was made here. */
	welcome(me: PersonId): void {
		this.#id = me;
		allowed(() => sessionStorage.setItem(KEY, me), undefined);
	}

	/** They were asked: once is enough. */
	settle(): void {
		this.#id = null;
		allowed(() => sessionStorage.removeItem(KEY), undefined);
	}
}

export const newcomer = new Newcomer();
