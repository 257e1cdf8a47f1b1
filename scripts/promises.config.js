/**
 * What only types can tell: promises that nobody waits for, and promises where none is expected. A configuration of its
 * own, because it needs a whole program in memory, and only here. Scripts of components are not part of it: with them
 * it takes several times as long; there, `void` in front of a call is a matter for the reader.
 */
import ts from 'typescript-eslint';

export default ts.config(
	{ ignores: ['src/lib/i18n/generated/'] },
	{
		files: ['**/*.ts'],
		languageOptions: {
			parser: ts.parser,
			parserOptions: {
				project: ['./tsconfig.server.json', './tsconfig.json', './tsconfig.worker.json']
			}
		},
		linterOptions: { noInlineConfig: true },
		plugins: { '@typescript-eslint': ts.plugin },
		rules: {
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/no-misused-promises': 'error'
		}
	}
);
