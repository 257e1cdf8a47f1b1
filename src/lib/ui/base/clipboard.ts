/** Copying, with a word about how it went. */
import { m } from '../../i18n/messages.ts';
import { toasts } from '../../state/app/toasts.svelte.ts';

/**
 * The way that works on pages without HTTPS, where `navigator.clipboard` is missing: a field is selected and copied.
 * @returns whether the browser did it
 */
function copyByCommand(text: string): boolean {
	const before = document.activeElement;
	// What lies outside of an open dialog cannot have the focus.
	const place = before?.closest('dialog') ?? document.body;
	const field = document.createElement('textarea');
	field.value = text;
	field.readOnly = true;
	field.className = 'visually-hidden';
	place.append(field);
	field.select();
	const copied = document.execCommand('copy');
	field.remove();
	if (before instanceof HTMLElement) before.focus({ preventScroll: true });
	return copied;
}

async function copy(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		// Not there without HTTPS, or refused: the older way is tried before the person is told.
		return copyByCommand(text);
	}
}

/** Puts a text on the clipboard and says so; when the browser does not allow it, says what to do instead. */
export async function copyText(text: string, said: string = m.copied()): Promise<void> {
	if (await copy(text)) toasts.show(said);
	else toasts.show(m.copy_refused(), 'bad');
}
