/** How translations are compiled: the same for the app's build and for checking types without one. */
import { compile, type CompilerOptions } from '@inlang/paraglide-js';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

export const paraglide: CompilerOptions = {
	project: './project.inlang',
	outdir: './src/lib/i18n/generated',
	// What was chosen is kept by src/lib/i18n/language.svelte.ts, and never reaches the server.
	strategy: ['preferredLanguage', 'baseLocale'],
	isServer: 'import.meta.env?.SSR',
	emitTsDeclarations: true,
	emitGitIgnore: false
};

/** Each file of messages is a language; the compiler reads their list from its settings. */
export function listLocales(
	messages = 'messages',
	settings = 'project.inlang/settings.json'
): void {
	const text = readFileSync(settings, 'utf8');
	const { baseLocale } = JSON.parse(text) as { baseLocale: string };
	const found = readdirSync(messages).map((file) => file.replace(/\.json$/u, ''));
	const locales = [baseLocale, ...found.filter((locale) => locale !== baseLocale).sort()];
	const list = locales.map((locale) => JSON.stringify(locale)).join(', ');
	const listed = text.replace(/("locales": )\[[^\]]*\]/u, `$1[${list}]`);
	if (listed !== text) writeFileSync(settings, listed);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	listLocales();
	await compile(paraglide);
}
