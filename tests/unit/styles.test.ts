/** Styles that fit every language and every size of text; one set of icons; motion that can be done without. */
import { describe, expect, test } from 'vitest';
import { readSource, sources } from '../support/messages.ts';

/** Sides of the screen that really are meant: of the window's own buttons, and where a script puts a popup. */
const PHYSICAL = /titlebar-area|env\(safe-area|--safe-(start|end): |^inset: 0 auto auto 0;$/u;

/** Splits a value at the blanks between its parts, not at those within brackets. */
const partsOf = (value: string): string[] =>
	value.match(/(?:[^\s(]|\([^()]*(?:\([^()]*\)[^()]*)*\))+/gu)!;

/** Whether a declaration says left or right where it means the beginning or the end of a line. */
function isPhysical(declaration: string): boolean {
	const [, property = '', value = ''] = /^([a-z-]+):\s*(.+);$/u.exec(declaration) ?? [];
	if (/(^|-)(left|right)(-|$)/u.test(property)) return true;
	if (property === 'text-align') return /^(left|right)$/u.test(value);
	if (!['margin', 'padding', 'inset'].includes(property)) return false;
	const parts = partsOf(value);
	return parts.length === 4 && parts[1] !== parts[3];
}

const declarationsOf = (source: string): string[] => {
	const styles = source.includes('<style>') ? source.slice(source.indexOf('<style>')) : source;
	return [...styles.matchAll(/[\w-]+:[^;{}]+;/gu)].map(([text]) => text.replace(/\s+/gu, ' '));
};

const styled = sources(/\.(svelte|css)$/u);

describe('what is physical', () => {
	test.each(['margin-left: 1px;', 'text-align: right;', 'padding: 0 1px 0 2px;', 'left: 0;'])(
		'%s',
		(declaration) => expect(isPhysical(declaration)).toBe(true)
	);
	test.each([
		'margin-inline-start: 1px;',
		'inset: 0 1px;',
		'padding: 0 max(1px, 2px) 0 max(1px, 2px);'
	])('not %s', (declaration) => expect(isPhysical(declaration)).toBe(false));
});

test.each(styled)(
	'%s: sides are those of the line, so that it works from right to left',
	(file) => {
		const source = readSource(file);
		if (file.endsWith('.svelte') && !source.includes('<style>')) return;
		const physical = declarationsOf(source).filter(isPhysical);
		expect(physical.filter((declaration) => !PHYSICAL.test(declaration))).toEqual([]);
	}
);

test.each(styled)(
	'%s: no size of text in px, which would not follow the size that is chosen',
	(file) => {
		const fixed = declarationsOf(readSource(file)).filter((declaration) =>
			/^(font-size|font|line-height): .*\dpx/u.test(declaration)
		);
		expect(fixed).toEqual([]);
	}
);

/** Drawings that are no icons: a scene, a bird on a wire, a code to scan, a ring that fills. */
const DRAWINGS = ['Chart', 'Illustration', 'EmptyState', 'QrCode', 'UploadProgress'];

test('icons come from one set, each by itself', () => {
	const others = sources(/\.(svelte|ts)$/u).flatMap((file) => {
		const source = readSource(file);
		const imports = [...source.matchAll(/from '([^']*(?:icon|lucide)[^']*)'/gu)]
			.map(([, from]) => from!)
			.filter((from) => !/^@lucide\/svelte\/icons\/[a-z0-9-]+$/u.test(from))
			.filter((from) => !from.endsWith('.svelte') && !from.endsWith('.ts'));
		const draws =
			file.endsWith('.svelte') &&
			source.includes('<svg') &&
			!DRAWINGS.some((name) => file.endsWith(`${name}.svelte`));
		return [...imports, ...(draws ? ['<svg>'] : [])].map((what) => `${file}: ${what}`);
	});
	expect(others).toEqual([]);
});

/** What moves by script, which the rule of base.css for those who want no motion does not reach. */
const SCRIPTED =
	/svelte\/(?:transition|animate)'|\.animate\(|behavior: 'smooth'|startViewTransition/u;

test('what scripts move asks whether motion is wanted', () => {
	expect(readSource('src/lib/ui/base/base.css')).toContain('(prefers-reduced-motion: reduce)');
	const moving = sources(/\.(svelte|ts)$/u).filter((file) => SCRIPTED.test(readSource(file)));
	expect(moving).not.toEqual([]);
	expect(moving.filter((file) => !readSource(file).includes('prefersReducedMotion'))).toEqual([]);
});
