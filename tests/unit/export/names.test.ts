/** Names in an export name a file, on every system, and nothing else. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { folderOf, pathOfFile, safeName } from '../../../src/lib/export/names.ts';

it('are safe whatever a file was called', () => {
	const nasty = fc.constantFrom(
		'../../etc/passwd',
		'con.txt',
		'..',
		'.',
		' ',
		'a\u202egpj.exe',
		'NUL',
		'x/',
		'a\0b',
		'....'
	);
	fc.assert(
		fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' })), (name) => {
			const safe = safeName(name, 'file');
			expect(safe).not.toBe('');
			expect(safe).not.toMatch(/[<>:"/\\|?*\p{Cc}\u202a-\u202e]/u);
			expect(safe).not.toMatch(/^[.\s]|[.\s]$/u);
			expect(safe).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu);
			expect([...safe].length).toBeLessThanOrEqual(100);
		})
	);
});

it('keep what people gave them, with the extension', () => {
	expect(safeName('Ferien 2026.jpg', 'file')).toBe('Ferien 2026.jpg');
	expect(safeName('照片：一.png', 'file')).toBe('照片：一.png');
	expect(safeName(`${'x'.repeat(300)}.tar.gz`, 'file')).toBe(`${'x'.repeat(80)}.gz`);
});

it('are unique by the place of the message', () => {
	const paths = [0, 1, 2].flatMap((n) => [7, 71].map((seq) => pathOfFile(seq, n, '1-a.txt')));
	expect(new Set(paths).size).toBe(paths.length);
	expect(folderOf('Team', '0190-aaaaaaaa')).not.toBe(folderOf('Team', '0190-bbbbbbbb'));
});
