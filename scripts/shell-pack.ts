import type { Plugin, Rolldown } from 'vite';

/** What a service worker makes answers of by itself (src/lib/worker/shell-pack.ts). */
const PACKED = /^_app\/immutable\/.*\.(?:js|css)$/u;

function textOf(file: Rolldown.OutputAsset | Rolldown.OutputChunk): string {
	if (file.type === 'chunk') return file.code;
	return typeof file.source === 'string' ? file.source : new TextDecoder().decode(file.source);
}

/**
 * Writes one more file, which holds all scripts and styles: what a service worker that keeps them asks for instead
 * of each by itself.
 *
 * @returns a plugin for Vite; put it last: what it reads has to be what is written in the end
 */
export function shellPack(): Plugin {
	return {
		name: 'roost-shell-pack',
		enforce: 'post',
		generateBundle: {
			order: 'post',
			handler(_options, bundle) {
				if (this.environment.name !== 'client') return;
				const files = Object.values(bundle).filter(({ fileName }) => PACKED.test(fileName));
				const texts = files.map((file) => [`/${file.fileName}`, textOf(file)]);
				const source = JSON.stringify(Object.fromEntries(texts));
				this.emitFile({ type: 'asset', name: 'pack.json', source });
			}
		}
	};
}
