/** Two people who talk: how fast, who is there, who is writing, what is unread on which device. */
import { expect, type Page } from '@playwright/test';
import {
	allSent,
	composer,
	goOffline,
	goOnline,
	leaveRoom,
	makeRoom,
	mark,
	message,
	openRoom,
	roomRow,
	say,
	secondDevice,
	status
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

useApp();

/** Resolves with the time (ms since 1970) at which this text is in the document. */
async function seenAt(page: Page, text: string): Promise<() => Promise<number>> {
	const seen = await page.evaluateHandle((wanted) => {
		const list = document.querySelector('main')!;
		const here = (): boolean =>
			[...list.querySelectorAll('article .text')].some((one) => one.textContent === wanted);
		return {
			at: new Promise<number>((resolve) => {
				const watch = new MutationObserver(() => {
					if (!here()) return;
					watch.disconnect();
					resolve(Date.now());
				});
				watch.observe(list, { childList: true, subtree: true, characterData: true });
			})
		};
	}, text);
	return () => seen.evaluate(({ at }) => at);
}

/** ms from the key press of one person to the text on the other's screen. */
async function latency(from: Page, to: Page, text: string): Promise<number> {
	const seen = await seenAt(to, text);
	await composer(from).fill(text);
	const pressed = await composer(from).evaluateHandle((field) => ({
		at: new Promise<number>((resolve) =>
			field.addEventListener('keydown', () => resolve(Date.now()), { once: true, capture: true })
		)
	}));
	await composer(from).press('Enter');
	return (await seen()) - (await pressed.evaluate(({ at }) => at));
}

test('text both ways, from key press to the other screen: median under a second, on a busy machine, too', async ({
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Quick');
	await openRoom(bob.page, 'Quick');
	await say(ann.page, 'warm');
	await expect(message(bob.page, 'warm')).toBeVisible();
	const times: number[] = [];
	for (let n = 0; n < 20; n++) {
		times.push(await latency(ann.page, bob.page, `there ${n}`));
		times.push(await latency(bob.page, ann.page, `back ${n}`));
	}
	times.sort((a, b) => a - b);
	const figures = `median ${times[20]} ms, p95 ${times[37]} ms, of ${times.length}`;
	test.info().annotations.push({ type: 'latency', description: figures });
	process.stdout.write(`  key press to the other screen: ${figures}\n`);
	// How fast it is on a quiet machine is the matter of `npm run bench`.
	expect(times[20]).toBeLessThan(1_000);
});

test('promise 12: unread and what was read are the same on two devices of one person', async ({
	browser,
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Desk');
	await openRoom(bob.page, 'Desk');
	// He is in at once on his own screen: what is said before the server knows is not unread for him.
	await allSent(bob.page);
	await openRoom(bob.page, 'general');
	const phone = await secondDevice(browser, bob);
	await openRoom(phone, 'general');
	for (const text of ['one', 'two', 'three']) await say(ann.page, text);
	await expect(roomRow(bob.page, 'Desk')).toContainText('3 unread');
	await expect(roomRow(phone, 'Desk')).toContainText('3 unread');
	await openRoom(phone, 'Desk');
	await expect(message(phone, 'three')).toBeInViewport();
	await expect(roomRow(phone, 'Desk')).not.toContainText('unread');
	await expect(roomRow(bob.page, 'Desk')).not.toContainText('unread');
	// One's own words are read by oneself, wherever they were written.
	await say(phone, 'from the phone');
	await expect(roomRow(bob.page, 'Desk')).toContainText('from the phone');
	await expect(roomRow(bob.page, 'Desk')).not.toContainText('unread');
	await expect(roomRow(ann.page, 'Desk')).not.toContainText('unread');
});

test('who is here and who is writing is told, and ends by itself', async ({ ann, bob }) => {
	await makeRoom(ann.page, 'Porch');
	await openRoom(bob.page, 'Porch');
	await expect(ann.page.getByText('2 online', { exact: true })).toBeVisible();
	await composer(bob.page).pressSequentially('hm');
	const writing = ann.page.getByText(`${bob.name} is typing`);
	await expect(writing).toBeVisible();
	await bob.context.close();
	await expect(writing).toBeHidden();
	await expect(ann.page.getByText('1 online', { exact: true })).toBeVisible();
	// Offline oneself, who is there is not known, and nobody is said to be away.
	await goOffline(ann);
	await expect(ann.page.getByText('– online')).toBeVisible();
	await goOnline(ann);
	await expect(ann.page.getByText('1 online', { exact: true })).toBeVisible();
});

test('promise 3: what the server refuses needs the person, with the reason, and can be sent again', async ({
	browser,
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Club');
	await openRoom(bob.page, 'Club');
	const phone = await secondDevice(browser, bob);
	await openRoom(phone, 'Club');

	await goOffline(bob);
	await say(bob.page, 'said in the club');
	await expect(mark(bob.page, 'said in the club', 'Waiting for network')).toBeVisible();
	await leaveRoom(phone);
	await allSent(phone);
	await goOnline(bob);

	await status(bob.page).getByRole('link', { name: 'Needs you: 1' }).click();
	const entry = bob.page.getByRole('listitem').filter({ hasText: 'You are not a member' });
	await expect(entry).toContainText('said in the club');
	await expect(entry.getByRole('img', { name: 'Needs you' })).toBeVisible();
	for (const name of ['Try again', 'Edit', 'Copy text', 'Discard']) {
		await expect(entry.getByRole('button', { name, exact: true })).toBeVisible();
	}
	await openRoom(bob.page, 'Club');
	await bob.page.getByRole('link', { name: 'Outbox' }).click();
	await entry.getByRole('button', { name: 'Try again' }).click();
	await expect(bob.page.getByText('All sent')).toBeVisible();
	await expect(message(ann.page, 'said in the club')).toHaveCount(1);
});
