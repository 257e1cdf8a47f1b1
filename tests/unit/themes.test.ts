/** Every theme with every accent can be read: contrasts of all pairs of tokens that meet on screen. */
import { describe, expect, test } from 'vitest';
import { ACCENTS } from '../../src/lib/state/app/looks.ts';
import { contrast } from '../support/colour.ts';
import { readSource } from '../support/messages.ts';

const css = ['tokens', 'accents']
	.map((name) => readSource(`src/lib/ui/base/${name}.css`))
	.join('\n')
	.replaceAll(/\/\*.*?\*\//gsu, '');

/** Tokens of the rule that has exactly this selector among its own. */
function tokensOf(selector: string): Record<string, [string, string]> {
	const rules = [...css.matchAll(/([^{}]+)\{([^{}]*)\}/gu)];
	const own = rules.filter(([, selectors]) =>
		selectors!.split(',').some((one) => one.trim() === selector)
	);
	const pairs = own.flatMap(([, , body]) => [
		...body!.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);/gu)
	]);
	return Object.fromEntries(pairs.map(([, name, light, dark]) => [name!, [light!, dark!]]));
}

/** What stands on what. */
const TEXT_ON: Record<string, string[]> = {
	text: 'bg surface raised sunken picked hover own other accent-soft warn-soft found'.split(' '),
	'text-soft': 'bg surface raised sunken hover own other'.split(' '),
	'text-faint': 'bg surface raised'.split(' '),
	'accent-text': 'bg surface raised accent-soft own other'.split(' '),
	'on-accent': ['accent', 'accent-hover'],
	good: ['surface'],
	warn: ['surface', 'warn-soft'],
	bad: ['bg', 'surface', 'raised', 'bad-soft']
};
/** What has to be seen without being read: edges of fields, focus, what is filled. */
const SIGN_ON: Record<string, string[]> = {
	'line-strong': ['bg', 'surface', 'raised'],
	focus: ['bg', 'surface', 'raised', 'own'],
	accent: ['bg', 'surface', 'raised']
};

const pairsOf = (meetings: Record<string, string[]>): [string, string][] =>
	Object.entries(meetings).flatMap(([front, backs]) =>
		backs.map((back): [string, string] => [front, back])
	);

const LOOKS = ACCENTS.flatMap((accent) =>
	(['light', 'dark'] as const).flatMap((theme) =>
		(['', 'more'] as const).map((contrasts) => ({ accent, theme, contrasts }))
	)
);

describe.each(LOOKS)('$theme, $accent, contrast $contrasts', ({ accent, theme, contrasts }) => {
	const more = `[data-contrast='${contrasts}']`;
	const tokens = {
		...tokensOf(':root'),
		...tokensOf(`[data-accent='${accent}']`),
		...tokensOf(more),
		...tokensOf(`${more}[data-accent='${accent}']`)
	};
	const colour = (name: string): string => tokens[name]![theme === 'light' ? 0 : 1];
	const low = (meetings: Record<string, string[]>, least: number): string[] =>
		pairsOf(meetings)
			.map(([front, back]) => ({ front, back, is: contrast(colour(front), colour(back)) }))
			.filter(({ is }) => is < least)
			.map(({ front, back, is }) => `${front} on ${back}: ${is.toFixed(2)}`);

	test('texts', () => expect(low(TEXT_ON, contrasts === 'more' ? 7 : 4.5)).toEqual([]));
	test('signs', () => expect(low(SIGN_ON, contrasts === 'more' ? 4.5 : 3)).toEqual([]));
});
