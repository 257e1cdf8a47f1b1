import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoff, pollEvery } from '../../../../src/lib/sync/engine/backoff.ts';
import {
	connection,
	START,
	type ConnectionState
} from '../../../../src/lib/sync/engine/connection.ts';
import {
	REFUSAL_ACTIONS,
	REFUSALS,
	refuse,
	type RefusalCode
} from '../../../../src/lib/protocol/refusal.ts';
import type { LinkFault } from '../../../../src/lib/sync/ports.ts';

const fail = (state: ConnectionState, fault: LinkFault, online = true) =>
	connection(state, { type: 'fault', fault, online, chance: 0.5 });
const codes = Object.keys(REFUSALS) as RefusalCode[];

describe('the connection line tells the truth', () => {
	test('an unreachable server is "offline" only where the browser has no network either', () => {
		expect(fail(START, { kind: 'unreachable' }).link).toBe('unreachable');
		expect(fail(START, { kind: 'unreachable' }, false).link).toBe('offline');
		expect(fail(START, { kind: 'captive' }).link).toBe('captive');
	});

	test('only the explicit "session ended" signs out (complaint 22)', () => {
		for (const code of codes) {
			const { link } = fail(START, { kind: 'refused', refusal: refuse(code) });
			expect(link === 'signed-out').toBe(code === 'session_ended');
			expect(link === 'update-required').toBe(code === 'update_required');
		}
	});

	test('every fault but a sign-out plans the next attempt (complaint 2)', () => {
		for (const code of codes.filter((one) => one !== 'session_ended')) {
			expect(fail(START, { kind: 'refused', refusal: refuse(code) }).retryIn).toBeGreaterThan(0);
		}
		expect(fail(START, { kind: 'unreachable' }).retryIn).toBeGreaterThan(0);
	});

	test('a server that says when to come back is not asked sooner', () => {
		const refusal = refuse('busy', { after: 45_000 });
		expect(refusal.action).toBe(REFUSAL_ACTIONS.wait);
		expect(fail(START, { kind: 'refused', refusal }).retryIn).toBeGreaterThanOrEqual(45_000);
	});

	test('the reason stays on screen while attempts fail, and goes once level', () => {
		const down = fail(START, { kind: 'unreachable' });
		expect(connection(down, { type: 'attempt' }).link).toBe('unreachable');
		const level = connection(down, { type: 'up-to-date', live: true });
		expect(level).toEqual({ link: 'live', failures: 0, retryIn: null });
		expect(connection(level, { type: 'linked' }).link).toBe('live');
		expect(connection(down, { type: 'up-to-date', live: false }).link).toBe('polling');
	});

	test('waits grow to a minute at most and are spread over their whole width (NET-7)', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 1000 }),
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				(n, chance) => {
					const ms = backoff(n, chance);
					expect(ms).toBeGreaterThanOrEqual(200);
					expect(ms).toBeLessThanOrEqual(60_000);
					expect(pollEvery(chance)).toBeGreaterThanOrEqual(3_000);
					expect(pollEvery(chance)).toBeLessThanOrEqual(15_000);
				}
			)
		);
		expect(backoff(20, 0.01)).toBeLessThan(backoff(20, 0.99) / 10);
	});
});
