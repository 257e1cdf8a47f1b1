/**
 * Password hashing with argon2id. One hash takes tens of milliseconds of a whole core and 19 MiB, so
 * at most two run at once and the line for them is short: who comes when it is full is told to come
 * back (promise 17), and everything else on the server keeps its speed (HTTP-1).
 */
import { hash, verify, type Options } from '@node-rs/argon2';
import { normalizePassword } from '../../src/lib/protocol/passwords.ts';
import type { Hasher } from '../domain/ports.ts';
import { createSemaphore } from '../semaphore.ts';
import { isForeignHash, verifyForeign } from './foreign-hash.ts';

/** OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
const ARGON2ID: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const SLOTS = 2;
/** At about 40 ms a hash and two at once, the last in this line waits less than a second. */
const LINE = 32;
/** ms after which somebody who found the line full may come back. */
const COME_BACK = 1_500;

/** A hasher that refuses with "busy" when too many wait. */
export function createHasher(slots = SLOTS, line = LINE): Hasher & { running(): number } {
	const turns = createSemaphore(slots, line, COME_BACK);
	// As bytes, so that an emoji in a password counts like any other character (HTTP-2).
	const bytes = (password: string) => Buffer.from(password, 'utf8');
	const normal = (password: string) => bytes(normalizePassword(password));
	return {
		hash: (password) => turns.run(() => hash(normal(password), ARGON2ID)),
		verify: (known, password) =>
			turns.run(() =>
				// Other systems hash what was typed.
				isForeignHash(known) ? verifyForeign(known, password) : verify(known, normal(password))
			),
		verifyAsTyped: (known, password) =>
			normalizePassword(password) === password || isForeignHash(known)
				? Promise.resolve(false)
				: turns.run(() => verify(known, bytes(password))),
		running: () => turns.running()
	};
}
