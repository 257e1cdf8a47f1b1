/** A room whose row is pressed is read while the page that is left is still there. */
import type { Client } from '$lib/state/client/client-types.ts';
import { opensAt } from '$lib/ui/chat/reading-place.svelte.ts';

const ROOM = /^\/rooms\/([^/]+)$/;

/**
 * Reads the rooms ahead whose links in an element are pressed, by a pointer or by a key.
 * @returns to be attached to the element
 */
export function readAhead(client: Client): (element: HTMLElement) => () => void {
	const pressed = ({ target }: Event): void => {
		const link = target instanceof Element ? target.closest('a') : null;
		const room = link && ROOM.exec(link.pathname)?.[1];
		const isHere = link?.getAttribute('aria-current') === 'page';
		if (room && !isHere) client.rooms.readAhead(room, opensAt(client.messages, room, null));
	};
	return (element) => {
		// A press comes some 100 ms before its click; a key has the click only.
		const events = ['pointerdown', 'click'] as const;
		for (const name of events) element.addEventListener(name, pressed);
		return () => {
			for (const name of events) element.removeEventListener(name, pressed);
		};
	};
}
