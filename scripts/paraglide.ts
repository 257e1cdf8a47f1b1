/** How translations are compiled: the same for the app's build and for checking types without one. */
import { compile, type CompilerOptions } from '@inlang/paraglide-js';
import { pathToFileURL } from 'node:url';

export const paraglide: CompilerOptions = {
	project: './project.inlang',
	outdir: './src/lib/i18n/generated',
	// No cookie: the language is a matter of the device and never reaches the server.
	strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
	localStorageKey: 'roost:language',
	isServer: 'import.meta.env?.SSR',
	emitTsDeclarations: true,
	emitGitIgnore: false
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await compile(paraglide);
