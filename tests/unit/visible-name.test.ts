import { describe, expect, test } from 'vitest';
import { isVisible } from '../../src/lib/protocol/visible-name.ts';

describe('names that others see show something (ABUSE-6)', () => {
	test.each([
		'\u3164',
		'\u2800',
		'\u200b\u200d',
		' \u00a0',
		'\u115f\u1160',
		'\ufe0f',
		'\u0301',
		''
	])('%j shows nothing', (name) => {
		expect(isVisible(name)).toBe(false);
	});
	test.each(['a', '小明', '👨‍👩‍👧', '.', '한', 'می\u200cخ'])('%s shows something', (name) => {
		expect(isVisible(name)).toBe(true);
	});
});
