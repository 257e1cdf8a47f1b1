/**
 * Password hashes of other systems, which come with an import: those of Werkzeug (`scrypt:…`, `pbkdf2:…`) and of bcrypt. They are
 * checked as they are, and hashed anew when their owner first signs in.
 */
import { pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import bcrypt from 'bcryptjs';

const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** Costs of bcrypt from which to which one is checked: beyond it a sign-in would take longer than anybody waits for. */
const BCRYPT_COST = { min: 4, max: 14 };

const WERKZEUG =
	/^(?:scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2})|pbkdf2:(sha1|sha256|sha512)(?::(\d{1,7}))?)\$([^$]{1,64})\$([0-9a-f]{40,128})$/;
/** What a hash may cost: about half a second, and 64 MB. */
const SCRYPT_MEMORY = 64 << 20;
const SCRYPT_LANES = 4;
const ITERATIONS_MAX = 2_000_000;
/** What Werkzeug took where a hash did not say how many. */
const ITERATIONS = 260_000;

interface Parts {
	salt: string;
	digest: Buffer;
	/** of scrypt */
	costs: { N: number; r: number; p: number } | null;
	/** of PBKDF2 */
	hash: string;
	iterations: number;
}

function partsOf(known: string): Parts | null {
	const found = WERKZEUG.exec(known);
	if (!found) return null;
	const [, n, r, p, hash = '', iterations, salt, digest] = found;
	const costs = n === undefined ? null : { N: Number(n), r: Number(r), p: Number(p) };
	const count = iterations === undefined ? ITERATIONS : Number(iterations);
	if (costs && !isAffordable(costs)) return null;
	if (!costs && (count < 1 || count > ITERATIONS_MAX)) return null;
	return { salt: salt!, digest: Buffer.from(digest!, 'hex'), costs, hash, iterations: count };
}

function isAffordable({ N, r, p }: { N: number; r: number; p: number }): boolean {
	const isPower = N > 1 && (N & (N - 1)) === 0;
	return isPower && r > 0 && p > 0 && p <= SCRYPT_LANES && 128 * N * r <= SCRYPT_MEMORY;
}

function isBcrypt(known: string): boolean {
	const cost = Number(BCRYPT.exec(known)?.[1] ?? NaN);
	return cost >= BCRYPT_COST.min && cost <= BCRYPT_COST.max;
}

/** Whether a hash is of another system, and can be checked here. */
export const isForeignHash = (known: string): boolean => isBcrypt(known) || partsOf(known) !== null;

/** Whether a password has this hash. */
export async function verifyForeign(known: string, password: string): Promise<boolean> {
	// It lets others have their turn every 100 ms.
	if (isBcrypt(known)) return bcrypt.compare(password, known);
	const parts = partsOf(known);
	if (!parts) return false;
	const { salt, digest, costs, hash, iterations } = parts;
	const derived = costs
		? await derive(password, salt, digest.length, { ...costs, maxmem: 2 * SCRYPT_MEMORY })
		: await promisify(pbkdf2)(password, salt, iterations, digest.length, hash);
	return timingSafeEqual(derived, digest);
}

const derive = promisify(
	scrypt as (
		password: string,
		salt: string,
		length: number,
		options: { N: number; r: number; p: number; maxmem: number },
		done: (error: Error | null, key: Buffer) => void
	) => void
);
