/** Calls between real browsers with made-up microphones and cameras: what flows is what the browsers count. */
import { expect } from '@playwright/test';
import {
	call,
	callAndAnswer,
	flow,
	friendsInTalk,
	hears,
	hearsSilence,
	incoming,
	openTalk,
	press,
	sees
} from '../support/calls.ts';
import { messages, openRoom, roomRow, secondDevice } from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();

test('V16, V17: two people hear each other, and the log keeps one row', async ({ ann, bob }) => {
	await friendsInTalk(ann, bob);
	await callAndAnswer(ann.page, bob.page);
	await Promise.all([hears(ann.page), hears(bob.page)]);
	for (const { page } of [ann, bob]) await expect(call(page)).toContainText(/\d:\d\d/u);
	await press(bob.page, 'Leave call');
	for (const { page } of [ann, bob]) {
		await expect(call(page)).toBeHidden();
		await expect(messages(page).getByText(/^Call, \d+ s$/u)).toHaveCount(1);
		expect((await flow(page)).open).toBe(0);
	}
});
