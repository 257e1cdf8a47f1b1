/** What is done on screen and timed there, frame by frame. */
import type { Page } from 'playwright';

/** ms from the click on each of these rooms to its messages on screen, one room after the other. */
export async function openRooms(page: Page, rooms: readonly string[]): Promise<number[]> {
	const took: number[] = [];
	for (const room of rooms) {
		await page.locator(`nav[aria-label=Rooms] a[href="/rooms/${room}"]`).scrollIntoViewIfNeeded();
		took.push(
			await page.evaluate(
				(id) =>
					new Promise<number>((resolve) => {
						const link = document.querySelector<HTMLElement>(
							`nav[aria-label=Rooms] a[href="/rooms/${id}"]`
						)!;
						const before = document.querySelector('[role=log]');
						const begun = performance.now();
						link.click();
						function look(): void {
							const isHere = location.pathname.endsWith(id);
							const log = document.querySelector('[role=log]');
							// The log of the room before may still stand there.
							if (isHere && log !== before && log?.querySelector('article')) {
								resolve(performance.now() - begun);
							} else requestAnimationFrame(look);
						}
						requestAnimationFrame(look);
					}),
				room
			)
		);
	}
	return took;
}

/** ms from asking for a frame to its being drawn, when nothing has changed. */
export function emptyFrames(page: Page, count: number): Promise<number[]> {
	return page.evaluate(async (wanted) => {
		const took: number[] = [];
		for (let n = 0; n < wanted; n++) {
			const begun = performance.now();
			await new Promise((resolve) => requestAnimationFrame(resolve));
			await new Promise((resolve) => requestAnimationFrame(resolve));
			took.push(performance.now() - begun);
		}
		return took;
	}, count);
}

/** Frames a second and articles at most, while something is scrolled for so long. */
export interface Flung {
	perSecond: number;
	/** elements in the document, at most */
	nodes: number;
	/** px that it moved */
	moved: number;
}

/**
 * Scrolls towards the beginning like a finger that flings again and again.
 * @param speed px a frame
 * @param seconds how long
 */
export function fling(
	page: Page,
	selector: string,
	speed: number,
	seconds: number
): Promise<Flung> {
	return page.evaluate(
		([where, step, ms]) =>
			new Promise<Flung>((resolve) => {
				const list = document.querySelector<HTMLElement>(where)!;
				const begun = performance.now();
				let frames = 0;
				let nodes = 0;
				let moved = 0;
				function frame(): void {
					frames += 1;
					const before = list.scrollTop;
					// At the end of what is here a finger goes on, and what comes is moved on with.
					list.scrollTop -= step;
					moved += before - list.scrollTop;
					if (frames % 30 === 0) nodes = Math.max(nodes, document.querySelectorAll('*').length);
					const passed = performance.now() - begun;
					if (passed < ms) requestAnimationFrame(frame);
					else resolve({ perSecond: (frames * 1_000) / passed, nodes, moved });
				}
				requestAnimationFrame(frame);
			}),
		[selector, speed, seconds * 1_000] as const
	);
}

/** MB that the page's scripts hold once what nobody holds is gone; and elements, those that are in no document included. */
export async function memory(page: Page): Promise<{ heap: number; nodes: number }> {
	const line = await page.context().newCDPSession(page);
	// Twice: what the first round lets go may hold more.
	await line.send('HeapProfiler.collectGarbage');
	await line.send('HeapProfiler.collectGarbage');
	const { usedSize } = await line.send('Runtime.getHeapUsage');
	const { nodes } = await line.send('Memory.getDOMCounters');
	await line.detach();
	return { heap: usedSize / 1e6, nodes };
}
