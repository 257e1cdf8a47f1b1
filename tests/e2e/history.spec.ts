/** Far behind: the newest page first, what is missing to be seen, and no jump while it comes. */
import { expect, type Page } from '@playwright/test';
import {
	flood,
	makeRoom,
	message,
	messages,
	networkReturns,
	offlineReady,
	openRoom,
	openRoomId,
	register,
	roomRow,
	say,
	status,
	texts
} from '../support/people.ts';
import { test, useCutLine } from '../support/test.ts';

const { proxy } = useCutLine();

const MISSED = 10_000;
const lines = (count: number): string[] =>
	Array.from({ length: count }, (_, n) => `Missed ${n}. ${'word '.repeat((n * 7) % 30)}`);

/** The row that stands for messages which are not on the device. */
const hole = (page: Page) => messages(page).getByText('Earlier messages are not here yet');

/**
 * Scrolls up as a wheel does, until the message with this text is in the document.
 * @returns px by which the message under the eye moved at worst between a step and what it brought;
 * measured at its lower edge, for its head changes when older ones of the same author join it
 */
async function scrollUpTo(page: Page, text: string): Promise<number> {
	return messages(page).evaluate(async (list, wanted) => {
		// What is painted: an observer that has just begun is called last in a frame, after the list has put itself right.
		const painted = (): Promise<void> =>
			new Promise((resolve) => {
				new ResizeObserver((_, self) => resolve(self.disconnect())).observe(list);
			});
		const rows = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[data-message]')];
		const found = (): boolean => rows().some((row) => row.textContent?.includes(wanted));
		const bottomOf = (row: HTMLElement): number => row.getBoundingClientRect().bottom;
		let worst = 0;
		const until = performance.now() + 60_000;
		while (!found() && performance.now() < until) {
			list.scrollTop -= 900;
			const top = list.getBoundingClientRect().top;
			const eye = rows().find((row) => bottomOf(row) > top + 100);
			const at = eye ? bottomOf(eye) : 0;
			for (let n = 0; n < 3; n++) await painted();
			const same = rows().find((row) => row.dataset['key'] === eye?.dataset['key']);
			worst = Math.max(worst, same ? Math.abs(bottomOf(same) - at) : Infinity);
		}
		return found() ? worst : NaN;
	}, text);
}

test('complaint 8: of 10,000 missed messages the newest are there in a second, and the hole closes on scrolling', async ({
	browser,
	ann
}) => {
	test.setTimeout(180_000);
	const bob = await register(browser, proxy.origin);
	await makeRoom(ann.page, 'Long absence');
	const room = openRoomId(ann.page);
	await openRoom(bob.page, 'Long absence');
	await say(ann.page, 'before the tunnel');
	await expect(message(bob.page, 'before the tunnel')).toBeVisible();
	await openRoom(ann.page, 'general');
	await proxy.refuse();
	await expect(status(bob.page)).toContainText('cannot be reached');
	await flood(ann, room, lines(MISSED));

	const newest = await bob.page.evaluateHandle(
		(wanted) => {
			const here = (): boolean =>
				[...document.querySelectorAll('article .text')].some((one) =>
					one.textContent?.startsWith(wanted)
				);
			return {
				at: new Promise<number>((resolve) => {
					const watch = new MutationObserver(() => {
						if (!here()) return;
						watch.disconnect();
						resolve(Date.now());
					});
					watch.observe(document.body, { childList: true, subtree: true, characterData: true });
				})
			};
		},
		`Missed ${MISSED - 1}.`
	);
	const begun = Date.now();
	await proxy.restore();
	await networkReturns(bob.page);
	const took = (await newest.evaluate(({ at }) => at)) - begun;
	test.info().annotations.push({ type: 'newest page', description: `${took} ms` });
	process.stdout.write(
		`  from the returned network to the newest of ${MISSED} missed: ${took} ms\n`
	);
	expect(took).toBeLessThan(5_000);

	// The reader was at the end and still is; what is missing comes when it is reached.
	await expect(message(bob.page, `Missed ${MISSED - 1}.`)).toBeInViewport();
	expect(await scrollUpTo(bob.page, `Missed ${MISSED - 300}.`)).toBeLessThanOrEqual(1);
	const numbers = (await texts(bob.page, /^Missed/u)).map((text) => parseInt(text.slice(7), 10));
	expect(numbers).toEqual(numbers.map((_, n) => numbers[0]! + n));

	// Without a network the hole stays and says why.
	await proxy.refuse();
	await expect(status(bob.page)).toContainText('cannot be reached');
	await messages(bob.page).evaluate(async (list) => {
		const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
		while (!list.querySelector('[data-hole]')) {
			list.scrollTop = 0;
			await frame();
		}
	});
	await expect(hole(bob.page)).toBeVisible();
	await expect(messages(bob.page)).toContainText('They come when there is a network');
	expect(bob.faults).toEqual([]);
});

test('complaint 8: a hole closes for good, and everything in it is there once, in order', async ({
	browser,
	ann
}) => {
	test.setTimeout(120_000);
	const bob = await register(browser, proxy.origin);
	await makeRoom(ann.page, 'Gap');
	const room = openRoomId(ann.page);
	await openRoom(bob.page, 'Gap');
	await say(ann.page, 'before the gap');
	await expect(message(bob.page, 'before the gap')).toBeVisible();
	await openRoom(bob.page, 'general');
	await offlineReady(bob.page);
	await proxy.refuse();
	await flood(ann, room, lines(1_050));
	await proxy.restore();
	await networkReturns(bob.page);
	await expect(roomRow(bob.page, 'Gap')).toContainText('999+ unread');
	await openRoom(bob.page, 'Gap');
	await bob.page.getByRole('button', { name: /Jump to newest|new messages/u }).click();
	await expect(message(bob.page, 'Missed 1049.')).toBeInViewport();
	expect(await scrollUpTo(bob.page, 'before the gap')).toBeLessThanOrEqual(1);
	await expect(hole(bob.page)).toHaveCount(0);
	// However much came in, the document holds a part of it only.
	expect(await messages(bob.page).getByRole('article').count()).toBeLessThanOrEqual(300);
	// All of it is on the device now: it is there with no network, too.
	await proxy.refuse();
	await bob.page.reload();
	await expect(status(bob.page)).toContainText('cannot be reached');
	await expect(messages(bob.page).getByRole('article').first()).toBeVisible();
	await scrollUpTo(bob.page, 'before the gap');
	await expect(hole(bob.page)).toHaveCount(0);
});
