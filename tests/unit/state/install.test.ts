/** The offer to install comes once, to somebody who has come back and has something to come back for. */
import { expect, test } from 'vitest';
import { isGoodMoment, type InstallFacts } from '../../../src/lib/state/app/install-moment.ts';

const good: InstallFacts = { way: 'prompt', starts: 2, offered: false, settled: true };

test('at the second start with a conversation it is offered, wherever that is possible', () => {
	expect(isGoodMoment(good)).toBe(true);
	expect(isGoodMoment({ ...good, way: 'by-hand', starts: 9 })).toBe(true);
});

test.each<Partial<InstallFacts>>([
	{ way: null },
	{ starts: 1 },
	{ offered: true },
	{ settled: false }
])('not when %j', (not) => {
	expect(isGoodMoment({ ...good, ...not })).toBe(false);
});
