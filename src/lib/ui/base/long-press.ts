/** A finger that rests on something: the way to its menu on a touch screen. */
import type { Attachment } from 'svelte/attachments';
import { tick } from './haptics.ts';

/** Ms that a finger has to rest. */
const LONG_PRESS = 450;
/** Px that it may wander meanwhile. */
const STEADY = 10;

/** Calls `run` when a finger rests; the tap that ends it then does nothing else. */
export function longPress(run: (target: HTMLElement) => void): Attachment<HTMLElement> {
	return (node) => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		let from = { x: 0, y: 0 };
		let done = false;
		const stop = (): void => clearTimeout(timer);
		const fire = (): void => {
			stop();
			if (done) return;
			done = true;
			tick();
			run(node);
		};
		const down = (event: PointerEvent): void => {
			stop();
			done = false;
			if (event.pointerType === 'mouse' || !event.isPrimary) return;
			from = { x: event.clientX, y: event.clientY };
			timer = setTimeout(fire, LONG_PRESS);
		};
		const move = (event: PointerEvent): void => {
			if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > STEADY) stop();
		};
		// Android tells of a long press itself, with a menu of its own.
		const menu = (event: Event): void => {
			if (!matchMedia('(hover: none)').matches) return;
			event.preventDefault();
			fire();
		};
		const click = (event: Event): void => {
			if (!done) return;
			done = false;
			event.preventDefault();
			event.stopPropagation();
		};
		const events: [string, (event: never) => void, boolean][] = [
			['pointerdown', down, false],
			['pointermove', move, false],
			['pointerup', stop, false],
			['pointercancel', stop, false],
			['contextmenu', menu, false],
			['click', click, true]
		];
		for (const [type, heard, capture] of events) {
			node.addEventListener(type, heard as EventListener, capture);
		}
		return () => {
			stop();
			for (const [type, heard, capture] of events) {
				node.removeEventListener(type, heard as EventListener, capture);
			}
		};
	};
}
