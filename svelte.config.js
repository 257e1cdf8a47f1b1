import adapter from '@sveltejs/adapter-node';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const production = process.env.NODE_ENV === 'production';

/** The one script of the page's own, which runs before anything is painted. */
const shell = readFileSync(new URL('src/app.html', import.meta.url), 'utf8');
const [, early = ''] = /<script data-early>([\s\S]*?)<\/script>/u.exec(shell) ?? [];
const earlyHash = createHash('sha256').update(early).digest('base64');

/**
 * Content security policy of the shell. It travels inside the page as hashes, so that it also
 * holds for a shell that the service worker serves with no network. `frame-ancestors` counts only as a
 * header: SvelteKit leaves it out of the page, and server/http/security-headers.ts sets it for every answer.
 *
 * Trusted Types hold in production only: Vite's development client writes HTML for its overlay.
 */
const directives = {
	'default-src': ['self'],
	'script-src': ['self', /** @type {const} */ (`sha256-${earlyHash}`)],
	'style-src': ['self'],
	// SvelteKit's own route announcer carries one fixed style attribute; this is its hash.
	'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
	'img-src': ['self', 'blob:', 'data:'],
	// films and sounds that are still on their way, out of this device's own bytes
	'media-src': ['self', 'blob:'],
	'font-src': ['self'],
	'connect-src': ['self'],
	'worker-src': ['self'],
	'manifest-src': ['self'],
	'object-src': ['none'],
	'base-uri': ['none'],
	'form-action': ['self'],
	'frame-ancestors': ['none'],
	...(production
		? {
				'require-trusted-types-for': ['script'],
				'trusted-types': ['svelte-trusted-html', 'roost-worker']
			}
		: {})
};

/** @type {import('@sveltejs/kit').Config} */
const config = {
	compilerOptions: {
		runes: ({ filename }) => (filename.split(/[/\\]/).includes('node_modules') ? undefined : true)
	},
	kit: {
		adapter: adapter({ out: 'build', precompress: true }),
		alias: {},
		csp: { mode: 'hash', directives },
		paths: { relative: false },
		prerender: { entries: ['/'] },
		serviceWorker: { register: false },
		output: { preloadStrategy: 'modulepreload' }
	}
};

export default config;
