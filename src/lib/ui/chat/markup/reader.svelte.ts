/** Fetches the reader of markup once a text needs it; until it is there, texts are shown as written. */
import type { Mention } from '../../../protocol/change.ts';
import type { Block } from './nodes.ts';

type Parse = typeof import('./parse.ts').parseMarks;

let parse = $state.raw<Parse | null>(null);
let loading = false;

/** Starts to fetch the reader. */
export function loadReader(): void {
	if (parse || loading) return;
	loading = true;
	import('./parse.ts')
		.then((module) => {
			parse = module.parseMarks;
		})
		.catch(() => {
			// Neither kept on the device nor to be had now: the next text that needs it tries again.
			loading = false;
		});
}

/** The blocks of a text with markup, or null while the reader is not there yet. Reactive. */
export function readMarks(text: string, mentions: readonly Mention[]): Block[] | null {
	if (parse) return parse(text, mentions);
	loadReader();
	return null;
}
