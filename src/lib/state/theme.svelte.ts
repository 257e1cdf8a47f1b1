/** Light, dark, or as the system says; remembered on this device. */

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const KEY = 'roost:theme';

/** Colour of the window's frame per theme; equal to --bg in tokens.css. */
const FRAME = { light: '#f5f1ec', dark: '#15121b' } as const;

function remembered(): Theme {
	try {
		const kept = localStorage.getItem(KEY);
		return THEMES.find((theme) => theme === kept) ?? 'system';
	} catch (error) {
		// Storage may be forbidden altogether; then the system's theme is right.
		if (error instanceof DOMException) return 'system';
		throw error;
	}
}

class ThemeChoice {
	#choice = $state<Theme>(remembered());
	#systemDark = $state(false);

	/** Begins to follow the system; to be called once, in a window. The answer ends it. */
	start(): () => void {
		const query = matchMedia('(prefers-color-scheme: dark)');
		const follow = (): void => {
			this.#systemDark = query.matches;
		};
		follow();
		query.addEventListener('change', follow);
		return () => query.removeEventListener('change', follow);
	}

	get choice(): Theme {
		return this.#choice;
	}

	get dark(): boolean {
		return this.#choice === 'dark' || (this.#choice === 'system' && this.#systemDark);
	}

	set(theme: Theme): void {
		this.#choice = theme;
		try {
			localStorage.setItem(KEY, theme);
		} catch (error) {
			// Without storage the choice holds until the tab closes.
			if (!(error instanceof DOMException)) throw error;
		}
	}

	/** Puts the theme on the document. */
	apply(root: HTMLElement): void {
		root.dataset['theme'] = this.dark ? 'dark' : 'light';
		for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
			meta.content = this.dark ? FRAME.dark : FRAME.light;
		}
	}
}

export const theme = new ThemeChoice();
