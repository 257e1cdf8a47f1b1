/** How much of each conversation is kept: a choice of the device, gone with the account. */
import { beforeEach, expect, test } from 'vitest';
import { forgetKept, keep } from '../../../src/lib/db/account-storage.ts';
import { keepPolicies, setKeepPolicy } from '../../../src/lib/db/keep-policies.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';

beforeEach(() => {
	Object.defineProperty(globalThis, 'localStorage', {
		value: new MemoryStorage(),
		configurable: true
	});
});

test('is kept per room; everything is what needs no note', () => {
	setKeepPolicy('me', 'r1', 'month');
	setKeepPolicy('me', 'r2', 'newest');
	setKeepPolicy('me', 'r1', 'newest');
	expect(keepPolicies('me')).toEqual({ r1: 'newest', r2: 'newest' });
	expect(keepPolicies('other')).toEqual({});
	setKeepPolicy('me', 'r1', 'all');
	setKeepPolicy('me', 'r2', 'all');
	expect(localStorage.length).toBe(0);
});

test('of a thousand rooms at most; what somebody else wrote there is passed over', () => {
	for (let i = 0; i < 1_005; i++) setKeepPolicy('me', `r${i}`, 'month');
	expect(Object.keys(keepPolicies('me'))).toHaveLength(1_000);
	expect(keepPolicies('me')).toHaveProperty('r1004');
	keep('me', 'keep', '{"r":"forever"}');
	expect(keepPolicies('me')).toEqual({});
});

test('promise 14: goes with the account', () => {
	setKeepPolicy('me', 'r1', 'month');
	forgetKept('me');
	expect(localStorage.length).toBe(0);
});
