import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tidyFileName } from '../../server/files/file-name.ts';
import { graphemes, roughGraphemes } from '../../src/lib/protocol/graphemes.ts';
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';

const FAMILY = '👨‍👩‍👧‍👦';
const SCOTLAND = '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}';

describe('names of files (UPLOAD-14)', () => {
	test.each([
		[`${'a'.repeat(251)}.txt`, `${'a'.repeat(196)}.txt`],
		[`${'字'.repeat(300)}.tar.gz`, `${'字'.repeat(193)}.tar.gz`],
		[`${FAMILY}.png`, `${FAMILY}.png`],
		[`${SCOTLAND}.png`, `${SCOTLAND}.png`],
		['می\u200cخواهم.txt', 'می\u200cخواهم.txt'],
		['gpj.\u202eexe', 'gpj.exe'],
		['cafe\u0301.txt', 'caf\u00e9.txt'],
		['\u3164\u3164', 'file'],
		['\u200d\u200b', 'file'],
		['', 'file']
	])('%j is kept as %j', (name, kept) => {
		expect(tidyFileName(name)).toBe(kept);
	});

	test('are never cut within a character, and never too long', () => {
		const part = fc.constantFrom(FAMILY, 'e\u0323\u0302', '🇩🇪', 'a', '字', '👍🏽', '.txt', ' ');
		fc.assert(
			fc.property(fc.array(part, { maxLength: 120 }), (parts) => {
				const name = tidyFileName(parts.join(''));
				expect(codePoints(name)).toBeLessThanOrEqual(LIMITS.fileNameMax);
				const whole = new Set([...parts.flatMap((one) => graphemes(one.normalize('NFC'))), 'file']);
				if (name !== 'file') expect(graphemes(name).every((one) => whole.has(one))).toBe(true);
			})
		);
	});
});

test('graphemes are found without Intl.Segmenter, too', () => {
	const text = `a${FAMILY}e\u0323\u0302🇩🇪🇫🇷👍🏽${SCOTLAND}字❤️`;
	expect(roughGraphemes(text)).toEqual(graphemes(text));
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (any) => {
			expect(roughGraphemes(any).join('')).toBe(any);
		})
	);
});
