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
	const paths = [0, 1, 2].flatMap((n) =>
		[7, 71].map((seq) => pathOfFile(seq, n, { name: '1-a.txt', type: 'text/plain', kind: 'file' }))
	);
	expect(new Set(paths).size).toBe(paths.length);
	expect(folderOf('Team', '0190-aaaaaaaa')).not.toBe(folderOf('Team', '0190-bbbbbbbb'));
});

it('make no page of a file', () => {
	const plain = (name: string) => pathOfFile(7, 0, { name, type: 'text/html', kind: 'file' });
	for (const name of ['x.html', 'x.SVG', 'x.xhtml', 'x.htm. .', 'x.mjs ', 'x.MHT', 'x.xml'])
		expect(plain(name)).toMatch(/\.txt$/u);
	expect(plain('x.pdf')).toBe('files/7-x.pdf');
	const shown = (name: string, type: string) => pathOfFile(7, 0, { name, type, kind: 'image' });
	expect(shown('holiday.html', 'image/jpeg')).toBe('files/7-holiday.html.jpg');
	expect(shown('holiday.JPEG', 'image/jpeg')).toBe('files/7-holiday.JPEG');
	expect(shown('holiday', 'image/png')).toBe('files/7-holiday.png');
	expect(shown('holiday.svg', 'image/svg+xml')).toBe('files/7-holiday.svg.bin');
});

it('fit into what file systems take, and cut no sign apart', () => {
	const family = '👨‍👩‍👧‍👦';
	const path = pathOfFile(2 ** 40, 9, {
		name: `${family.repeat(60)}.${'照'.repeat(12)}`,
		type: 'text/plain',
		kind: 'file'
	});
	expect(new TextEncoder().encode(path.slice('files/'.length)).length).toBeLessThan(255);
	// What joins signs is no part of a safe name.
	expect(safeName('🇩🇪'.repeat(60), 'file')).toBe('🇩🇪'.repeat(22));
});
