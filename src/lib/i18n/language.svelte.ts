/**
 * The language on screen. Words are functions that ask `getLocale`, which reads a rune here, so
 * that switching repaints what is on screen and loses nothing: no reload, no state thrown away.
 */
import { RememberedChoice } from '../remembered-choice.svelte.ts';
import {
	baseLocale,
	extractLocaleFromNavigator,
	locales,
	overwriteGetLocale,
	type Locale
} from './generated/runtime.js';
import { m } from './messages.ts';

export type { Locale };

interface LanguageInfo {
	locale: Locale;
	/** its own name for itself */
	name: string;
	/** BCP 47 */
	tag: string;
	direction: 'ltr' | 'rtl';
}

/** Each language says in its own file what it is called and how it runs: one file is all that a language takes. */
const describe = (locale: Locale): LanguageInfo => ({
	locale,
	name: m.language_name({}, { locale }),
	tag: m.language_tag({}, { locale }),
	direction: m.language_direction({}, { locale }) === 'rtl' ? 'rtl' : 'ltr'
});

/** All languages, in the order in which settings show them. */
export const LANGUAGES: readonly LanguageInfo[] = locales.map(describe);

/** What the browser is set to: its languages, and the one of ours that suits best. */
const ofBrowser = (): { tags: readonly string[]; locale: Locale } => ({
	tags: navigator.languages,
	locale: extractLocaleFromNavigator() ?? baseLocale
});

class Language {
	readonly #choice = new RememberedChoice<'auto' | Locale>('roost:language', [
		'auto',
		...LANGUAGES.map(({ locale }) => locale)
	]);
	#browser = $state.raw(ofBrowser());

	constructor() {
		overwriteGetLocale(() => this.locale);
	}

	/** Begins to follow the browser and the other tabs; to be called once, in a window. The answer ends it. */
	start(): () => void {
		const follow = (): void => {
			this.#browser = ofBrowser();
		};
		window.addEventListener('languagechange', follow);
		const unfollow = this.#choice.start();
		return () => {
			window.removeEventListener('languagechange', follow);
			unfollow();
		};
	}

	/** The one that was chosen on this device, else the browser's. */
	get locale(): Locale {
		const choice = this.#choice.current;
		return choice === 'auto' ? this.#browser.locale : choice;
	}

	/** BCP 47 tag for the document. */
	get tag(): string {
		return describe(this.locale).tag;
	}

	/** Which way its lines run. */
	get direction(): 'ltr' | 'rtl' {
		return describe(this.locale).direction;
	}

	/** BCP 47 tag for times and numbers: the person's own variety of the language, such as en-GB. */
	get formats(): string {
		return this.#browser.tags.find((tag) => tag.split('-')[0] === this.locale) ?? this.tag;
	}

	/** Switches at once and remembers the choice on this device. */
	set(locale: Locale): void {
		this.#choice.set(locale);
	}
}

export const language = new Language();
