import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
	{
		ignores: [
			'build/',
			'.svelte-kit/',
			'data/',
			'dev-dist/',
			'drizzle/sqlite/',
			'test-results/',
			'playwright-report/',
			'static/',
			'src/lib/i18n/generated/',
			'project.inlang/'
		]
	},
	js.configs.recommended,
	...ts.configs.strict,
	...svelte.configs.recommended,
	{ linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
	{
		languageOptions: { globals: { ...globals.node, ...globals.browser, ...globals.serviceworker } },
		rules: {
			// TypeScript knows better.
			'no-undef': 'off',
			'@typescript-eslint/no-non-null-assertion': 'off',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_' }
			],
			eqeqeq: ['error', 'always'],
			'no-var': 'error',
			'prefer-const': 'error',
			'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }]
		}
	},
	{
		files: ['src/**', 'server/**'],
		rules: { 'no-console': ['error', { allow: ['warn'] }], 'svelte/no-at-html-tags': 'error' }
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: {
			parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig }
		},
		rules: {
			// Props and bindings are written from outside; Svelte's own rule knows which.
			'prefer-const': 'off',
			'svelte/prefer-const': ['error', { destructuring: 'all' }],
			// The app always lives at the root of its origin: addresses are what they say.
			'svelte/no-navigation-without-resolve': 'off'
		}
	},
	{ files: ['tests/**'], rules: { 'max-lines': 'off' } }
);
