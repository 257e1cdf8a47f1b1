/** Stopping for any of several reasons, in browsers without `AbortSignal.any` too. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { anySignal } from '../../../src/lib/sync/any-signal.ts';

afterEach(() => vi.unstubAllGlobals());

describe.each([true, false])('with AbortSignal.any: %s', (has) => {
	it('aborts with the first, for its reason, and at once when one has already', () => {
		if (!has) vi.stubGlobal('AbortSignal', {});
		const [first, second] = [new AbortController(), new AbortController()];
		const joined = anySignal([first.signal, second.signal]);
		expect(joined.aborted).toBe(false);
		second.abort('second');
		expect([joined.aborted, joined.reason]).toEqual([true, 'second']);
		first.abort('first');
		expect(anySignal([first.signal]).reason).toBe('first');
	});
});
