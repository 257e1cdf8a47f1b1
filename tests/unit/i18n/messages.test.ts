/** The texts of the interface: the same in every language, and none that nobody shows. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { refusalText } from '../../../src/lib/i18n/refusals.ts';
import { overwriteGetLocale, type Locale } from '../../../src/lib/i18n/generated/runtime.js';
import { REFUSALS, refuse, type RefusalCode } from '../../../src/lib/protocol/refusal.ts';
import {
	messagesOf,
	placeholdersOf,
	readSource,
	sources,
	TRANSLATIONS
} from '../../support/messages.ts';

const EN = messagesOf('en');

/** Texts that are the same in other languages: a name, an enum, a sign beside a file's own name. */
const SAME_EVERYWHERE = ['app_name', 'language_direction', 'said_file'];

describe.each(TRANSLATIONS)('%s', (locale) => {
	const texts = messagesOf(locale);

	test('has the texts that English has, in the same order', () => {
		expect(Object.keys(texts)).toEqual(Object.keys(EN));
	});

	test.each(Object.keys(EN))('%s has the same places and is translated', (key) => {
		const text = texts[key] ?? '';
		expect(placeholdersOf(text)).toEqual(placeholdersOf(EN[key]!));
		expect(text.trim()).not.toBe('');
		if (!SAME_EVERYWHERE.includes(key)) expect(text).not.toBe(EN[key]);
	});
});

const LOCALES = ['en', ...TRANSLATIONS] as Locale[];

describe.each(LOCALES)('what the server refuses, in %s', (locale) => {
	test.each(Object.keys(REFUSALS) as RefusalCode[])('%s', (code) => {
		overwriteGetLocale(() => locale);
		expect(refusalText(refuse(code))).toBe(messagesOf(locale)[`refusal_${code}`]);
	});
});

test.each(LOCALES)('%s says how it is called and which way it runs', (locale) => {
	const texts = messagesOf(locale);
	expect(texts['language_direction']).toMatch(/^(ltr|rtl)$/u);
	expect(new Intl.Locale(texts['language_tag']!).language).toBe(locale);
});

test('each text is shown or written somewhere', () => {
	const source = sources(/\.(ts|svelte)$/u)
		.map(readSource)
		.join('\n');
	const letters = readFileSync(new URL('../../../server/mail/letters.ts', import.meta.url), 'utf8');
	const used = new Set([
		...[...source.matchAll(/\bm\.([a-z0-9_]+)/gu)].map(([, key]) => key),
		...[...letters.matchAll(/'(mail_[a-z0-9_]+)'/gu)].map(([, key]) => key)
	]);
	expect(Object.keys(EN).filter((key) => !used.has(key))).toEqual([]);
});
