/** A conversation opens where one left it: kept at once, bounded, gone with the account. */
import { beforeEach, expect, test } from 'vitest';
import { forgetKept, keep } from '../../../src/lib/db/account-storage.ts';
import { keepReadingPlace, readingPlace } from '../../../src/lib/db/reading-places.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';

beforeEach(() => {
	Object.defineProperty(globalThis, 'localStorage', {
		value: new MemoryStorage(),
		configurable: true
	});
});

test('is there again, and not for another room or account', () => {
	keepReadingPlace('me', 'r1', { seq: 7, bottom: 12.5 });
	expect(readingPlace('me', 'r1')).toEqual({ seq: 7, bottom: 12.5 });
	expect(readingPlace('me', 'r2')).toBeNull();
	expect(readingPlace('other', 'r1')).toBeNull();
});

test('at the end there is none', () => {
	keepReadingPlace('me', 'r1', { seq: 7, bottom: 12.5 });
	keepReadingPlace('me', 'r1', null);
	expect(readingPlace('me', 'r1')).toBeNull();
	expect(localStorage.length).toBe(0);
});

test('of the latest hundred conversations', () => {
	for (let i = 0; i < 150; i++) keepReadingPlace('me', `r${i}`, { seq: i, bottom: i });
	expect(readingPlace('me', 'r49')).toBeNull();
	expect(readingPlace('me', 'r50')).toEqual({ seq: 50, bottom: 50 });
});

test('what somebody else wrote there is passed over', () => {
	keep('me', 'places', '{"seq":1}');
	expect(readingPlace('me', 'r1')).toBeNull();
	keep('me', 'places', 'nonsense');
	expect(readingPlace('me', 'r1')).toBeNull();
});

test('promise 14: goes with the account', () => {
	keepReadingPlace('me', 'r1', { seq: 7, bottom: 12.5 });
	forgetKept('me');
	expect(localStorage.length).toBe(0);
});
