/** Wrong tries of some slow them down, and lock nobody else out (HTTP-23). */
import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../server/auth/accounts.ts';
import { NOBODY_LEAVES } from '../support/account-ends.ts';
import { createLimits } from '../../server/auth/limits.ts';
import { RefusalError } from '../../src/lib/protocol/refusal.ts';
import { littleDomain } from '../support/little-domain.ts';
import { PASSWORD } from '../support/person.ts';

const NO_DEVICES = { identify: async () => null };

async function setUp() {
	const { domain } = await littleDomain();
	let now = 0;
	const limits = createLimits(true, () => now);
	const hasher = {
		hash: async (password: string) => `hash:${password}`,
		verify: async (hash: string, password: string) => hash === `hash:${password}`,
		verifyAsTyped: async () => false
	};
	const accounts = createAccounts({
		domain,
		hasher,
		limits,
		devices: NO_DEVICES,
		ends: NOBODY_LEAVES,
		registration: async () => 'open',
		passwordMin: 8
	});
	await accounts.register({ name: 'owner', email: 'o@example.org', password: PASSWORD }, '::1');
	/** Code of the refusal, or "in". */
	const signIn = (name: string, password: string, address: string) =>
		accounts.signIn({ name, password, remember: false }, address).then(
			() => 'in',
			(fault: unknown) => (fault as RefusalError).refusal.code
		);
	/** Wrong tries from twelve addresses, as many as they may. */
	async function attack() {
		let tried = 0;
		for (let host = 1; host <= 12; host++) {
			for (let i = 0; i < 10; i++) {
				const name = i % 2 === 0 ? 'owner' : 'o@example.org';
				if ((await signIn(name, 'wrong one', `192.0.2.${host}`)) === 'sign_in_failed') tried++;
			}
		}
		return tried;
	}
	return { signIn, attack, later: (ms: number) => void (now += ms) };
}

describe('100 wrong tries from 12 addresses (HTTP-23)', () => {
	it('do not keep the owner out', async () => {
		const { signIn, attack } = await setUp();
		await attack();
		expect(await signIn('owner', PASSWORD, '198.51.100.7')).toBe('in');
		expect(await signIn('o@example.org', PASSWORD, '198.51.100.7')).toBe('in');
	});

	it('are one budget, whatever was typed: beyond it each address waits longer and longer', async () => {
		const { signIn, attack, later } = await setUp();
		// 100 freely, and one more from each address that had not spent its own ten.
		expect(await attack()).toBeLessThanOrEqual(102);
		const from = '198.51.100.8';
		let tried = 0;
		for (let minute = 0; minute < 5; minute++) {
			if ((await signIn('owner', 'wrong one', from)) === 'sign_in_failed') tried++;
			later(60_000);
		}
		expect(tried).toBe(4);
		later(3_600_000);
		expect(await signIn('owner', PASSWORD, from)).toBe('in');
	});
});
