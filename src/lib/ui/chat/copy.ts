/** Copying, with a word about how it went. */
import { m } from '../../i18n/messages.ts';
import { toasts } from '../../state/toasts.svelte.ts';

/** Puts a text on the clipboard and says so; browsers that do not allow it are told of, too. */
export async function copyText(text: string, said: string = m.copied()): Promise<void> {
	try {
		await navigator.clipboard.writeText(text);
		toasts.show(said);
	} catch {
		// Refused by the browser, or not there without HTTPS: the person is told what to do instead.
		toasts.show(m.copy_refused(), 'bad');
	}
}
