import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA } from '@vite-pwa/sveltekit';
import { defineConfig } from 'vite';
import { listLocales, paraglide } from './scripts/paraglide.ts';
import { joinedChunks } from './scripts/joined-chunks.ts';
import { shellPack } from './scripts/shell-pack.ts';
import { staticIcons } from './scripts/static-icons.ts';

listLocales();

export default defineConfig(({ command }) => ({
	// The page of all components (/dev/components) is for development, and for the pictures that tests compare.
	define: {
		'import.meta.env.COMPONENTS': command === 'serve' || process.env['ROOST_COMPONENTS'] === '1'
	},
	plugins: [
		paraglideVitePlugin(paraglide),
		staticIcons(),
		joinedChunks(),
		sveltekit(),
		SvelteKitPWA({
			strategies: 'injectManifest',
			srcDir: 'src',
			filename: 'service-worker.ts',
			registerType: 'prompt',
			injectRegister: false,
			manifest: false,
			injectManifest: {
				// The shell, every chunk in both languages, and the icons the window itself needs. Not the manifest: the
				// server writes its own name and icon into it.
				globPatterns: [
					'client/_app/immutable/**/*.{js,css,woff2}',
					'client/_app/immutable/assets/pack.*.json',
					'client/icons/*.{svg,png}',
					'client/favicon.*',
					'prerendered/pages/index.html'
				],
				maximumFileSizeToCacheInBytes: 4 * 1024 * 1024
			},
			devOptions: { enabled: false }
		}),
		shellPack()
	],
	// Bundled from where SvelteKit itself finds it: the server's HTTP library needs another major of it.
	ssr: { noExternal: ['cookie'] },
	server: { host: '127.0.0.1' },
	// The oldest browsers, as README.md names them; scripts/oldest-browsers.config.js checks what is built.
	build: { target: ['safari16.4', 'ios16.4', 'firefox115', 'chrome109'] }
}));
