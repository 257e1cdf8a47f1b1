import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { SvelteKitPWA } from '@vite-pwa/sveltekit';
import { defineConfig } from 'vite';
import { paraglide } from './scripts/paraglide.ts';

export default defineConfig({
	plugins: [
		paraglideVitePlugin(paraglide),
		sveltekit(),
		SvelteKitPWA({
			strategies: 'injectManifest',
			srcDir: 'src',
			filename: 'service-worker.ts',
			registerType: 'prompt',
			injectRegister: false,
			manifest: false,
			injectManifest: {
				// The shell, every chunk in both languages, and the icons the window itself needs.
				globPatterns: [
					'client/_app/immutable/**/*.{js,css,woff2}',
					'client/icons/*.{svg,png}',
					'client/favicon.*',
					'client/manifest.webmanifest',
					'prerendered/pages/index.html'
				],
				maximumFileSizeToCacheInBytes: 4 * 1024 * 1024
			},
			devOptions: { enabled: false }
		})
	],
	// Bundled from where SvelteKit itself finds it: the server's HTTP library needs another major of it.
	ssr: { noExternal: ['cookie'] },
	server: { host: '127.0.0.1' },
	build: { target: 'es2022' }
});
