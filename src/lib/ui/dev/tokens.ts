/** The tokens of tokens.css and accents.css that the page of components shows; tests/unit/ui/dev-tokens.test.ts keeps it whole. */

/** Colours by what they are for; the names are those of custom properties. */
export const COLOURS = {
	grounds: ['bg', 'surface', 'raised', 'sunken', 'picked', 'hover', 'other', 'own', 'code'],
	lines: ['line', 'line-strong', 'own-line', 'focus'],
	texts: ['text', 'text-soft', 'text-faint', 'accent-text', 'on-accent'],
	accents: ['accent', 'accent-hover', 'accent-soft', 'mention', 'found'],
	tones: ['good', 'online', 'warn', 'warn-soft', 'bad', 'bad-soft', 'veil'],
	dusk: ['dusk-1', 'dusk-2', 'dusk-3', 'dusk-4']
} as const;

export const SPACES = [
	'space-1',
	'space-2',
	'space-3',
	'space-4',
	'space-5',
	'space-6',
	'space-7'
] as const;
export const RADII = ['radius-1', 'radius-2', 'radius-3', 'radius-full'] as const;
export const SHADOWS = ['shadow-1', 'shadow-2', 'shadow-3'] as const;
export const TEXT_SIZES = [
	'text-xs',
	'text-sm',
	'text-md',
	'text-input',
	'text-lg',
	'text-xl',
	'text-2xl'
] as const;
