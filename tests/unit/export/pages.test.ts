/** Nothing that somebody wrote can leave the string in which it travels. */
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dataScript, escaped, viewerPage } from '../../../src/lib/export/pages.ts';

const nasty = fc.constantFrom(
	'</script><script>stolen = 1</script>',
	'<!--<script>',
	'"); stolen = 1; ("',
	'\u2028stolen = 1\u2029',
	'\\"); stolen = 1 //',
	'${stolen = 1}'
);
const texts = fc
	.array(fc.oneof(nasty, fc.string({ unit: 'binary' })))
	.map((parts) => parts.join(''));

it('hands over exactly the data, and runs nothing of it', () => {
	fc.assert(
		fc.property(texts, (text) => {
			const script = dataScript({ text });
			expect(script).not.toMatch(/[<>\u2028\u2029]/u);
			const world: { got?: string; stolen?: number; roostData: (data: string) => void } = {
				roostData: (data) => (world.got = data)
			};
			runInNewContext(script, world);
			expect(world.stolen).toBeUndefined();
			expect(JSON.parse(world.got!)).toEqual(JSON.parse(JSON.stringify({ text })));
		})
	);
});

it('has no mark of a text in a page but escaped', () => {
	fc.assert(
		fc.property(texts, (text) => {
			expect(escaped(text)).not.toMatch(/[<>"']/u);
			const page = viewerPage({ title: text, language: 'en', top: '../', data: ['data/room.js'] });
			expect(page.match(/<script/gu)).toHaveLength(2);
		})
	);
});
