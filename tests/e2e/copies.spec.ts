/** Words are copied to many places; what becomes of a message reaches all of them (docs/protocol.md, "Copies"). */
import { expect, type Page } from '@playwright/test';
import {
	choose,
	composer,
	goOffline,
	makeRoom,
	mark,
	message,
	openRoomId,
	roomRow,
	say
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

/** What is on screen of a text, wherever it stands. */
const places = (page: Page, text: string) => page.getByText(text, { exact: false });

test('promise 8: edited, then recalled, then removed: list, log, quotes, pins, answers begun and kept copies', async ({
	ann,
	bob
}) => {
	await makeRoom(ann.page, 'Copies');
	await bob.page.goto(`${app.origin}/rooms/${openRoomId(ann.page)}`);
	await bob.page.getByRole('button', { name: 'Join', exact: true }).click();
	await say(ann.page, 'first wording');
	await choose(ann.page, 'first wording', 'Pin');
	await choose(bob.page, 'first wording', 'Reply');
	await say(bob.page, 'an answer to that');
	await expect(mark(bob.page, 'an answer to that', 'On the server')).toBeVisible();
	await choose(bob.page, 'first wording', 'Reply');
	await composer(bob.page).pressSequentially('begun');
	// The log, the quote of the answer, the pinned bar, the answer that is begun.
	await expect.poll(() => places(bob.page, 'first wording').count()).toBeGreaterThanOrEqual(4);

	await choose(ann.page, 'first wording', 'Edit');
	await composer(ann.page).fill('second wording');
	await composer(ann.page).press('Enter');
	await expect(places(bob.page, 'first wording')).toHaveCount(0);
	await expect.poll(() => places(bob.page, 'second wording').count()).toBeGreaterThanOrEqual(4);

	await choose(ann.page, 'second wording', 'Recall');
	await expect(places(bob.page, 'second wording')).toHaveCount(0);
	await expect(composer(bob.page)).toHaveValue('begun');
	await say(ann.page, 'the latest words');
	await expect(roomRow(bob.page, 'Copies')).toContainText('the latest words');
	await choose(ann.page, 'the latest words', 'Recall');
	await expect(places(bob.page, 'the latest words')).toHaveCount(0);

	// Nor does the device bring any of it back.
	await goOffline(bob);
	await bob.page.reload();
	await expect(message(bob.page, 'an answer to that')).toBeVisible();
	for (const gone of ['first wording', 'second wording', 'the latest words']) {
		await expect(places(bob.page, gone)).toHaveCount(0);
	}
	await bob.context.setOffline(false);

	const about = ann.page.getByRole('complementary', { name: 'About this room' });
	await about.getByRole('listitem').filter({ hasText: bob.name }).getByRole('button').click();
	const card = ann.page.getByRole('dialog', { name: 'Profile' });
	await card.getByRole('button', { name: 'Remove', exact: true }).click();
	await card.getByRole('button', { name: 'Yes, remove' }).click();
	await expect(places(bob.page, 'an answer to that')).toHaveCount(0);
	await expect(bob.page.getByRole('button', { name: 'Join', exact: true })).toBeVisible();
	await expect(composer(bob.page)).toHaveCount(0);
});
