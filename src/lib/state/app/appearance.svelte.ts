/** How the app looks on this device, besides its theme: accent, density, size of text. Followed by all tabs. */
import { RememberedChoice } from '../../remembered-choice.svelte.ts';
import { ACCENTS, DENSITIES, TEXT_SIZES } from './looks.ts';

class Appearance {
	// src/app.html reads the same keys before the first paint.
	readonly accent = new RememberedChoice<(typeof ACCENTS)[number]>('roost:accent', ACCENTS);
	readonly density = new RememberedChoice<(typeof DENSITIES)[number]>('roost:density', DENSITIES);
	readonly size = new RememberedChoice<(typeof TEXT_SIZES)[number]>('roost:size', TEXT_SIZES);

	/** Begins to follow other tabs; to be called once, in a window. The answer ends it. */
	start(): () => void {
		const ends = [this.accent, this.density, this.size].map((choice) => choice.start());
		return () => ends.forEach((end) => end());
	}

	/** Puts it on the document; the styles are in accents.css and tokens.css. */
	apply({ dataset }: HTMLElement): void {
		dataset['accent'] = this.accent.current;
		dataset['density'] = this.density.current;
		dataset['size'] = this.size.current;
	}
}

export const appearance = new Appearance();
