/** Draws a message along with a finger, and answers it when it was drawn far enough. */
import type { Attachment } from 'svelte/attachments';
import { inlineSign } from '../../base/direction.ts';
import { tick } from '../../base/haptics.ts';
import { begun, isFar, moved, type Swipe } from './swipe.ts';

/** Whether something between the finger and the message scrolls sideways itself: code, a wide table. */
function scrollsSideways(target: EventTarget | null, row: HTMLElement): boolean {
	for (let at = target as HTMLElement | null; at && at !== row; at = at.parentElement) {
		const isWide = at.scrollWidth > at.clientWidth;
		if (isWide && /auto|scroll/u.test(getComputedStyle(at).overflowX)) return true;
	}
	return false;
}

/** What a finger is drawn along for something of its own. */
const DRAWN_ALONG = 'video, audio, input, textarea, select, [role="slider"]';

/**
 * For the row of a message. How far it is drawn is the property `--drawn` in px; `data-drawn` is there meanwhile,
 * and is "far" once letting go answers.
 * @param run answers the message
 */
export function swipeToReply(run: () => void): Attachment<HTMLElement> {
	return (row) => {
		let swipe: Swipe | null = null;
		const show = (next: Swipe): void => {
			if (isFar(next) && !(swipe && isFar(swipe))) tick();
			swipe = next;
			if (next.is !== 'drawn') return;
			row.dataset['drawn'] = isFar(next) ? 'far' : 'near';
			row.style.setProperty('--drawn', `${next.by * inlineSign(row)}px`);
		};
		const end = (): void => {
			swipe = null;
			delete row.dataset['drawn'];
			row.style.removeProperty('--drawn');
		};
		const down = (event: PointerEvent): void => {
			if (event.pointerType !== 'touch') return;
			// A second finger zooms.
			if (!event.isPrimary) return end();
			const isSelecting = getSelection()?.isCollapsed === false;
			const isControl = event.target instanceof Element && event.target.closest(DRAWN_ALONG);
			if (isSelecting || isControl || scrollsSideways(event.target, row)) return;
			swipe = begun({ x: event.clientX, y: event.clientY }, innerWidth);
		};
		const move = ({ clientX, clientY, isPrimary }: PointerEvent): void => {
			if (swipe && isPrimary) show(moved(swipe, { x: clientX, y: clientY }, inlineSign(row)));
		};
		const up = (event: PointerEvent): void => {
			const answers = event.isPrimary && swipe !== null && isFar(swipe);
			end();
			if (answers) run();
		};
		const listening = new AbortController();
		const { signal } = listening;
		row.addEventListener('pointerdown', down, { signal });
		row.addEventListener('pointermove', move, { signal });
		row.addEventListener('pointerup', up, { signal });
		row.addEventListener('pointercancel', end, { signal });
		return () => {
			listening.abort();
			end();
		};
	};
}
