/** That every event of the document was heard; runs last. */
import { describe, expect, it } from 'vitest';
import { DOWN } from '../../../server/compat/socket/down.ts';
import { heard } from './shared.ts';

describe('the document of events', () => {
	it('was kept to by everything heard above, and everything in it was heard', () => {
		expect(Object.keys(DOWN).filter((event) => !heard.has(event))).toEqual([]);
	});
});
