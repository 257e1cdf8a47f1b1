/** Light, dark, as the system says, or with more contrast; remembered on this device. */
import { MediaQuery } from 'svelte/reactivity';
import { RememberedChoice } from '../../remembered-choice.svelte.ts';
import { THEMES } from './looks.ts';

type Theme = (typeof THEMES)[number];

/** Colour of the window's frame per theme; equal to --bg in tokens.css. */
const FRAME = { light: '#f5f1ec', dark: '#15121b' } as const;

class ThemeChoice {
	readonly #choice = new RememberedChoice<Theme>('roost:theme', THEMES);
	readonly #system = new MediaQuery('(prefers-color-scheme: dark)');
	readonly #contrast = new MediaQuery('(prefers-contrast: more)');

	/** Begins to follow other tabs; to be called once, in a window. The answer ends it. */
	start(): () => void {
		return this.#choice.start();
	}

	get choice(): Theme {
		return this.#choice.current;
	}

	get dark(): boolean {
		return this.choice === 'dark' || (this.choice !== 'light' && this.#system.current);
	}

	/** Whether there is to be more contrast; whichever is chosen, the system may ask for it. */
	get contrast(): 'more' | 'usual' {
		return this.choice === 'contrast' || this.#contrast.current ? 'more' : 'usual';
	}

	set(theme: Theme): void {
		this.#choice.set(theme);
	}

	/** Puts the theme on the document. src/app.html does the same before the first paint. */
	apply(root: HTMLElement): void {
		root.dataset['theme'] = this.dark ? 'dark' : 'light';
		root.dataset['contrast'] = this.contrast;
		const scheme = document.querySelector<HTMLMetaElement>('meta[name="color-scheme"]');
		if (scheme) scheme.content = this.dark ? 'dark' : 'light';
		for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
			meta.content = this.dark ? FRAME.dark : FRAME.light;
		}
	}
}

export const theme = new ThemeChoice();
