/** Password hashes of other systems: made by libxcrypt and by Python's hashlib, as Werkzeug and passlib use them. */
import { describe, expect, it, test } from 'vitest';
import { isForeignHash, verifyForeign } from '../../server/auth/foreign-hash.ts';
import { createHasher } from '../../server/auth/hasher.ts';

const SALT = '$2b$05$CCCCCCCCCCCCCCCCCCCCC.';
const SCRYPT =
	'scrypt:32768:8:1$saltsalt12345678$b34b0d4043a5595cdc81cd88b858309990d89230e6d19f8284585539efa3cdcc8a28fd89a401bdaebf81cc19d8a2e1bbe5f8c36b4bd0ee6ff032af4096a67373';
const PBKDF2 =
	'pbkdf2:sha256:600000$abcdEFGH$e17b979081cd1cb45398b26d6dc339198af322409e054c9bd5d1867225c3b933';

const KNOWN: [password: string, hash: string][] = [
	['U*U', `${SALT}E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW`],
	['', `${SALT}7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy`],
	['correct horse', `${SALT}WrAwgFxicHZ3kL7zMvXYXHKosDn8ot2`],
	['пароль密码', `${SALT}3d.fzJlU/fqwzBA2XIHIQZIg.1/5mXa`],
	['correct horse', SCRYPT],
	['correct horse', PBKDF2]
];

describe('a hash of another system', () => {
	it.each(KNOWN)('%j is known', async (password, hash) => {
		expect(isForeignHash(hash)).toBe(true);
		expect(await verifyForeign(hash, password)).toBe(true);
		expect(await verifyForeign(hash, `${password}x`)).toBe(false);
		expect(await createHasher().verify(hash, password)).toBe(true);
		expect(await createHasher().verifyAsTyped(hash, 'e\u0301')).toBe(false);
	});

	it.each([
		['$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
		[SCRYPT.replace('32768', '1048576')],
		[SCRYPT.replace(':8:1', ':99:1')],
		[PBKDF2.replace('600000', '9000000')],
		['pbkdf2:md5:1$a$00'],
		['plain'],
		['$argon2id$v=19$m=19456,t=2,p=1$AAAA$BBBB']
	])('that costs too much, or is none, is not taken: %s', (hash) => {
		expect(isForeignHash(hash)).toBe(false);
	});
});

test('others get their turn while a costly one is checked', async () => {
	let turns = 0;
	const timer = setInterval(() => turns++, 1);
	await verifyForeign('$2b$12$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'x');
	clearInterval(timer);
	expect(turns).toBeGreaterThan(1);
});
