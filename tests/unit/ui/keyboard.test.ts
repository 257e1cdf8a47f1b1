/** Shortcuts are found by the letter of the layout, or by its place where the layout has no Latin letters. */
import { expect, it } from 'vitest';
import { shortcutKey } from '../../../src/lib/ui/base/keyboard.ts';

it.each([
	['k', 'KeyK', 'k'],
	['K', 'KeyK', 'k'],
	// Dvorak: the letter that the layout writes counts, wherever it stands.
	['k', 'KeyV', 'k'],
	['л', 'KeyK', 'k'],
	['κ', 'KeyK', 'k'],
	['ל', 'KeyK', 'k'],
	['ن', 'KeyK', 'k'],
	// AZERTY writes "à" at the place of the zero.
	['à', 'Digit0', '0'],
	['0', 'Numpad0', '0'],
	['?', 'Digit7', '?'],
	['+', 'BracketRight', '+'],
	['Escape', 'Escape', 'Escape'],
	['ArrowUp', 'ArrowUp', 'ArrowUp']
])('%s at %s is %s', (key, code, expected) => {
	expect(shortcutKey({ key, code })).toBe(expected);
});
