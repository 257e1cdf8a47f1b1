/** The page's own first script: what was chosen for the device is there before anything is painted. */
import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ACCENTS, DENSITIES, TEXT_SIZES } from '../../src/lib/state/app/looks.ts';
import { readSource } from '../support/messages.ts';

const [, early = ''] =
	/<script data-early>([\s\S]*?)<\/script>/u.exec(readSource('src/app.html')) ?? [];

/** Runs it. @param system media queries that hold @returns attributes of the document, and its colour scheme */
function look(kept: Record<string, string> | null, system: string[] = []): Record<string, unknown> {
	const dataset: Record<string, string> = {};
	const meta = { content: 'light dark' };
	const context = createContext({
		document: { documentElement: { dataset }, querySelector: () => meta },
		matchMedia: (media: string) => ({ matches: system.some((one) => media.includes(one)) }),
		localStorage: {
			getItem(key: string) {
				if (kept === null) throw new DOMException('denied', 'SecurityError');
				return kept[key] ?? null;
			}
		}
	});
	runInContext(early, context);
	return { ...dataset, scheme: meta.content };
}

test.each([
	[{}, [], { theme: 'light', scheme: 'light' }],
	[{}, ['color-scheme: dark'], { theme: 'dark', scheme: 'dark' }],
	[{ 'roost:theme': 'light' }, ['color-scheme: dark'], { theme: 'light', scheme: 'light' }],
	[{ 'roost:theme': 'dark' }, [], { theme: 'dark', scheme: 'dark' }],
	[{ 'roost:theme': 'contrast' }, ['color-scheme: dark'], { theme: 'dark', contrast: 'more' }],
	[{ 'roost:theme': 'light' }, ['contrast: more'], { theme: 'light', contrast: 'more' }],
	[null, [], { theme: 'light', accent: '' }]
])('%j in a system of %j', (kept, system, expected) => {
	expect(look(kept as Record<string, string> | null, system)).toMatchObject(expected);
});

test('accent, density and size are those that were kept', () => {
	const [accent, density, size] = [ACCENTS[1], DENSITIES[1], TEXT_SIZES[3]];
	const kept = { 'roost:accent': accent, 'roost:density': density, 'roost:size': size };
	expect(look(kept)).toMatchObject({ accent, density, size });
});
