/** Writing into a field for somebody, in a way that their own "undo" takes back. */

/**
 * Puts a text in the place of a stretch of a field, as if it was typed: the browser's history of the field stays whole,
 * and the field tells of it by its "input" event.
 * @param from @param to UTF-16 units
 */
export function insertText(
	field: HTMLTextAreaElement,
	from: number,
	to: number,
	text: string
): void {
	field.focus();
	field.setSelectionRange(from, to);
	// Deprecated without a successor: the one way in all engines that keeps the history.
	if (document.execCommand('insertText', false, text)) return;
	field.setRangeText(text, from, to, 'end');
	field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
