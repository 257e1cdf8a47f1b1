/** Icons are written into templates as a whole, and stay Lucide's. */
import { readdirSync, readFileSync } from 'node:fs';
import { compile } from 'svelte/compiler';
import { expect, test } from 'vitest';
import { staticIcon } from '../../../scripts/static-icons.ts';

const ICONS = new URL('../../../node_modules/@lucide/svelte/dist/icons/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, ICONS), 'utf8');
const names = readdirSync(ICONS).filter((name) => name.endsWith('.svelte'));

test('every icon of the set has the form that is known', () => {
	expect(names.length).toBeGreaterThan(1_000);
	for (const name of names) expect(staticIcon(read(name), name)).toContain('<svg');
});

test('an icon keeps its shapes, and the names that style it', () => {
	const made = staticIcon(read('ellipsis.svelte'), 'ellipsis.svelte');
	expect(compile(made, { generate: 'client', runes: true }).warnings).toEqual([]);
	expect(made).toContain('lucide-icon lucide lucide-ellipsis lucide-more-horizontal');
	expect(made.match(/<circle cx="(?:5|12|19)" cy="12" r="1" \/>/gu)).toHaveLength(3);
});

test('what has another form is refused', () => {
	expect(() => staticIcon('<Icon {...props} />', 'new.svelte')).toThrow(/new\.svelte/u);
});
