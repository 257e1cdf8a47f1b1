/** Two people of one display name: nobody takes one for the other (ABUSE-6). */
import { expect, type Page } from '@playwright/test';
import { composer, message, openRoom, register, say } from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

async function display(page: Page, name: string): Promise<void> {
	await page.goto(new URL('/settings', page.url()).href);
	await page.getByLabel('Display name').fill(name);
	await page.getByRole('button', { name: 'Save' }).first().click();
	await expect(page.getByText('Saved').first()).toBeVisible();
	await page.goto(new URL('/rooms', page.url()).href);
}

for (const [width, viewport] of [
	['a desktop', { width: 1280, height: 800 }],
	['a phone', { width: 390, height: 780 }]
] as const) {
	test(`two people of one display name are told apart on ${width}`, async ({ browser }, info) => {
		const [ann, bob] = [await register(browser, app.origin), await register(browser, app.origin)];
		await display(ann.page, 'Robin Lee');
		await display(bob.page, 'Rоbin Lee');
		const eve = await register(browser, app.origin, { viewport });
		for (const { page } of [ann, bob]) await openRoom(page, 'general');
		await say(ann.page, `words of ${ann.name}`);
		await say(bob.page, `words of ${bob.name}`);
		await openRoom(eve.page, 'general');
		for (const { name } of [ann, bob]) {
			const said = message(eve.page, `words of ${name}`);
			await expect(said.getByRole('button', { name: `(@${name})` })).toBeVisible();
		}
		await composer(ann.page).pressSequentially('something');
		await expect(eve.page.getByText(`(@${ann.name}) is typing`)).toBeVisible();
		await eve.page.screenshot({ path: info.outputPath('headers.png') });
		const details = eve.page.getByRole('complementary');
		// It stands beside the conversation where there is room.
		if (viewport.width < 900)
			await eve.page.getByRole('button', { name: 'About this room' }).click();
		for (const { name } of [ann, bob]) {
			await expect(details.getByText(`@${name}`)).toBeVisible();
		}
		await eve.page.screenshot({ path: info.outputPath('members.png') });
	});
}
