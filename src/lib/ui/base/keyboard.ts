/** Which key was pressed, whatever the layout writes. */

const LATIN = /^[a-z]$/u;

/**
 * The letter of a shortcut, in lower case: the one that the layout writes if it is Latin, else the one that stands at
 * that place on a Latin keyboard, so that Ctrl+K works with Cyrillic, Greek, Hebrew or Arabic letters. Other keys are
 * named as the browser names them.
 */
export function shortcutKey(event: Pick<KeyboardEvent, 'key' | 'code'>): string {
	const key = event.key.toLowerCase();
	if (event.key.length !== 1 || LATIN.test(key)) return event.key.length === 1 ? key : event.key;
	const place = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/u.exec(event.code);
	const isLetter = /\p{L}/u.test(event.key);
	if (place?.[1] && isLetter) return place[1].toLowerCase();
	return place?.[2] && !'+-?/='.includes(event.key) ? place[2] : event.key;
}
