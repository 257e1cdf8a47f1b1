/**
 * The language on screen. Words are functions that ask `getLocale`, which reads a rune here, so
 * that switching repaints what is on screen and loses nothing: no reload, no state thrown away.
 */
import {
	getLocale as detect,
	overwriteGetLocale,
	setLocale,
	type Locale
} from './generated/runtime.js';

export type { Locale };

/** Languages by their own names, in the order in which settings show them. */
export const LANGUAGES: readonly { locale: Locale; name: string; tag: string }[] = [
	{ locale: 'en', name: 'English', tag: 'en' },
	{ locale: 'zh', name: '简体中文', tag: 'zh-Hans' }
];

class Language {
	#locale = $state<Locale>(detect());

	constructor() {
		overwriteGetLocale(() => this.#locale);
	}

	get locale(): Locale {
		return this.#locale;
	}

	/** BCP 47 tag for the document. */
	get tag(): string {
		return LANGUAGES.find((language) => language.locale === this.#locale)?.tag ?? 'en';
	}

	/** BCP 47 tag for times and numbers: the person's own variety of the language, such as en-GB. */
	get formats(): string {
		return navigator.languages.find((tag) => tag.split('-')[0] === this.#locale) ?? this.tag;
	}

	/** Switches at once and remembers the choice on this device. */
	set(locale: Locale): void {
		this.#locale = locale;
		void setLocale(locale, { reload: false });
	}
}

export const language = new Language();
