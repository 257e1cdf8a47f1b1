/** The page of components (/dev/components) shows every token that there is, and none that there is not. */
import { expect, test } from 'vitest';
import { COLOURS, RADII, SHADOWS, SPACES, TEXT_SIZES } from '../../../src/lib/ui/dev/tokens.ts';
import { readSource } from '../../support/messages.ts';

const css = ['tokens', 'accents']
	.map((name) => readSource(`src/lib/ui/base/${name}.css`))
	.join('\n');

/** Names of tokens whose declaration matches. */
const declared = (match: RegExp): string[] =>
	[
		...new Set(
			[...css.matchAll(/--([\w-]+):\s*([^;]+);/gu)]
				.filter(([, name, value]) => match.test(`${name}: ${value}`))
				.map(([, name]) => name!)
		)
	].sort();

test.each([
	['colours', Object.values(COLOURS).flat(), /^(?!shadow)[\w-]+: (light-dark\(|#)/u],
	['spaces', [...SPACES], /^space-/u],
	['corners', [...RADII], /^radius-/u],
	['shadows', [...SHADOWS], /^shadow-/u],
	['sizes of text', [...TEXT_SIZES], /^text-[\w-]+: (?!light-dark)/u]
])('%s', (_name, shown, match) => {
	expect(declared(match)).toEqual([...shown].sort());
});
