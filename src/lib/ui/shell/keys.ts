/** Which key presses mean something everywhere in the app. */
import { ime } from '../base/ime.ts';
import { shortcutKey } from '../base/keyboard.ts';

type Shortcut = 'switch' | 'search' | 'find' | 'help' | 'next' | 'previous';

function inField(target: EventTarget | null): boolean {
	return (
		target instanceof HTMLElement &&
		(target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName))
	);
}

/** The shortcut of a key press, or null. "?" counts only outside of text fields. */
export function shortcutOf(event: KeyboardEvent): Shortcut | null {
	if (ime.owns(event)) return null;
	const command = event.metaKey !== event.ctrlKey && !event.altKey ? shortcutKey(event) : null;
	if (command === 'k' && !event.shiftKey) return 'switch';
	if (command === 'f') return event.shiftKey ? 'search' : 'find';
	if (event.key === '?' && !inField(event.target)) return 'help';
	const alt = event.altKey && !event.metaKey && !event.ctrlKey && !event.shiftKey;
	if (alt && event.key === 'ArrowDown') return 'next';
	if (alt && event.key === 'ArrowUp') return 'previous';
	return null;
}
