/** Calls between real browsers with made-up microphones and cameras: what flows is what the browsers count. */
import { expect } from '@playwright/test';
import {
	call,
	callAndAnswer,
	countConnections,
	flow,
	friendsInTalk,
	hears,
	hearsSilence,
	incoming,
	openTalk,
	press,
	sees
} from '../support/calls.ts';
import {
	goOffline,
	goOnline,
	messages,
	networkReturns,
	openRoom,
	register,
	roomRow,
	secondDevice
} from '../support/people.ts';
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

test('V23, V30, V31: muted, elsewhere in the app, and with pictures, without negotiating anew', async ({
	ann,
	bob
}) => {
	const room = await friendsInTalk(ann, bob);
	await callAndAnswer(ann.page, bob.page);
	await Promise.all([hears(ann.page), hears(bob.page)]);
	const { negotiations } = await flow(bob.page);

	await press(ann.page, 'Mute');
	await expect(call(bob.page).getByLabel(`${ann.name} is muted`)).toBeVisible();
	await hearsSilence(bob.page);
	await press(ann.page, 'Unmute');
	await expect(call(bob.page).getByLabel(`${ann.name} is muted`)).toBeHidden();
	await hears(bob.page);

	await openRoom(ann.page, 'general');
	await expect(call(ann.page)).toContainText(bob.name);
	await expect(call(ann.page).getByRole('button', { name: 'Leave call' })).toBeVisible();
	await ann.page.getByRole('link', { name: 'Settings' }).first().click();
	await expect(call(ann.page)).toContainText(bob.name);
	await Promise.all([hears(ann.page), hears(bob.page)]);
	await call(ann.page).getByRole('link').click();
	await expect(ann.page).toHaveURL(new RegExp(`/rooms/${room}$`, 'u'));

	await press(ann.page, 'Camera on');
	await expect(call(bob.page).getByLabel(`${ann.name}’s camera`)).toBeVisible();
	await sees(bob.page);
	await press(ann.page, 'Camera off');
	await expect(call(bob.page).getByLabel(`${ann.name}’s camera`)).toBeHidden();
	expect((await flow(bob.page)).negotiations).toBe(negotiations);
	await press(ann.page, 'Leave call');
	await expect(call(bob.page)).toBeHidden();
});

test('a video call, and V26: a screen that is shared has its own size', async ({ ann, bob }) => {
	await friendsInTalk(ann, bob);
	await press(ann.page, 'Video call');
	await expect(incoming(bob.page)).toContainText('Video call');
	await press(bob.page, 'Answer');
	await Promise.all([sees(ann.page), sees(bob.page), hears(ann.page), hears(bob.page)]);
	await press(ann.page, 'Share screen');
	await expect(call(bob.page).getByLabel(`${ann.name}’s screen`)).toBeVisible();
	await expect.poll(async () => Math.max(...(await flow(bob.page)).widths)).toBeGreaterThan(640);
	await press(ann.page, 'Stop sharing');
	await expect(call(bob.page).getByLabel(`${ann.name}’s screen`)).toBeHidden();
	await press(bob.page, 'Leave call');
	await expect(call(ann.page)).toBeHidden();
});

test('answered with voice only; the camera stays off', async ({ ann, bob }) => {
	await friendsInTalk(ann, bob);
	await press(ann.page, 'Video call');
	await press(bob.page, 'Answer with voice only');
	await Promise.all([sees(bob.page), hears(ann.page)]);
	await expect(call(bob.page).getByRole('button', { name: 'Camera on' })).toBeVisible();
	expect((await flow(ann.page)).frames).toBe(0);
	await press(ann.page, 'Leave call');
	await expect(call(bob.page)).toBeHidden();
});

test('V1, V5: declined on one device, silent on the other; both logs say so', async ({
	browser,
	ann,
	bob
}) => {
	const room = await friendsInTalk(ann, bob);
	const second = await secondDevice(browser, bob);
	await openTalk(second, room);
	await press(ann.page, 'Voice call');
	await expect(call(ann.page)).toContainText('Rings');
	for (const page of [bob.page, second]) await expect(incoming(page)).toBeVisible();
	// By keyboard, from wherever the focus is.
	await second.keyboard.press('Alt+d');
	for (const page of [bob.page, second]) await expect(incoming(page)).toBeHidden();
	await expect(call(ann.page)).toBeHidden();
	for (const page of [ann.page, bob.page, second]) {
		await expect(messages(page).getByText('Declined', { exact: true })).toHaveCount(1);
	}
});

test('V1, V4: the second device answers and the first one goes silent', async ({
	browser,
	ann,
	bob
}) => {
	const room = await friendsInTalk(ann, bob);
	const second = await secondDevice(browser, bob);
	await openTalk(second, room);
	await press(ann.page, 'Voice call');
	for (const page of [bob.page, second]) await expect(incoming(page)).toBeVisible();
	await second.keyboard.press('Alt+a');
	await expect(incoming(bob.page)).toBeHidden();
	await Promise.all([hears(ann.page), hears(second)]);
	await expect(call(bob.page)).toBeHidden();
	await press(second, 'Leave call');
	await expect(call(ann.page)).toBeHidden();
	await expect(messages(bob.page).getByText(/^Call, \d+ s$/u)).toHaveCount(1);
});

test('V13: missed while offline: no ring afterwards, one unread, and reading clears it', async ({
	ann,
	bob
}) => {
	await friendsInTalk(ann, bob);
	await openRoom(bob.page, 'general');
	await goOffline(bob);
	for (const name of ['Voice call', 'Video call']) {
		await expect(bob.page.getByRole('button', { name })).toHaveCount(1);
		await expect(bob.page.getByRole('button', { name })).toBeDisabled();
	}
	await press(ann.page, 'Voice call');
	await expect(call(ann.page)).toContainText('Calling');
	await press(ann.page, 'Leave call');
	await expect(messages(ann.page).getByText('No answer', { exact: true })).toBeVisible();
	await goOnline(bob);
	const row = roomRow(bob.page, ann.name);
	await expect(row).toContainText('Missed call');
	await expect(row).toContainText('1 unread');
	await expect(incoming(bob.page)).toBeHidden();
	await row.click();
	await expect(messages(bob.page).getByText('Missed call', { exact: true })).toBeVisible();
	await expect(row).not.toContainText('unread');

	await bob.page.getByRole('button', { name: 'Call back' }).click();
	await expect(incoming(ann.page)).toBeVisible();
	await press(ann.page, 'Decline');
	await expect(call(bob.page)).toBeHidden();
});

test('V21, V12: the server is killed and comes back; the sound goes on in the same row', async ({
	ann,
	bob
}) => {
	await friendsInTalk(ann, bob);
	await callAndAnswer(ann.page, bob.page);
	await Promise.all([hears(ann.page), hears(bob.page)]);
	await app.kill();
	await expect(call(ann.page)).toContainText('Server not reachable, the call goes on');
	await Promise.all([hears(ann.page), hears(bob.page)]);
	await press(ann.page, 'Mute');
	await expect(call(bob.page).getByLabel(`${ann.name} is muted`)).toBeVisible();
	await press(ann.page, 'Unmute');
	await app.restart();
	for (const { page } of [ann, bob]) {
		await networkReturns(page);
		await expect(call(page)).toContainText(/\d:\d\d/u);
	}
	await Promise.all([hears(ann.page), hears(bob.page)]);
	for (const { page } of [ann, bob]) expect((await flow(page)).made).toBe(1);
	await press(ann.page, 'Leave call');
	for (const { page } of [ann, bob]) {
		await expect(call(page)).toBeHidden();
		await expect(messages(page).getByText(/^Call/u)).toHaveCount(1);
		await expect(messages(page).getByText(/^Call, \d+ s$/u)).toHaveCount(1);
	}
});

test('V22: a page that is closed is seen at once', async ({ ann, bob }) => {
	await friendsInTalk(ann, bob);
	await callAndAnswer(ann.page, bob.page);
	await Promise.all([hears(ann.page), hears(bob.page)]);
	await bob.page.close();
	const gone = call(ann.page).getByText(`${bob.name} has closed the window`);
	const ended = messages(ann.page).getByText(/^Call, \d+ s$/u);
	await expect(gone.or(ended)).toBeVisible({ timeout: 5_000 });
});

test('V24: a camera that is refused leaves the voice, a microphone that is refused lets one listen', async ({
	browser,
	ann
}) => {
	const shy = await register(browser, app.origin);
	await shy.page.addInitScript(() => {
		const { mediaDevices } = navigator;
		const ask = mediaDevices.getUserMedia.bind(mediaDevices);
		const refused = (): Promise<MediaStream> =>
			Promise.reject(new DOMException('no', 'NotAllowedError'));
		const isBarred = (what: string): boolean => sessionStorage.getItem('barred')!.includes(what);
		sessionStorage.setItem('barred', sessionStorage.getItem('barred') ?? 'video');
		mediaDevices.getUserMedia = (wanted) =>
			(wanted?.video && isBarred('video')) || (wanted?.audio && isBarred('audio'))
				? refused()
				: ask(wanted);
	});
	await friendsInTalk(ann, shy);
	await callAndAnswer(ann.page, shy.page, true);
	await expect(call(shy.page)).toContainText('The camera is blocked in the browser: voice only');
	await Promise.all([hears(ann.page), hears(shy.page), sees(shy.page)]);
	await press(shy.page, 'Leave call');
	await expect(call(ann.page)).toBeHidden();

	await shy.page.evaluate(() => sessionStorage.setItem('barred', 'video audio'));
	await callAndAnswer(ann.page, shy.page);
	await expect(call(shy.page)).toContainText('The microphone is blocked in the browser');
	await hears(shy.page);
	await expect(call(ann.page).getByLabel(`${shy.name} is muted`)).toBeVisible();
	await press(ann.page, 'Leave call');
	await expect(call(shy.page)).toBeHidden();
	expect(shy.faults).toEqual([]);
});

test('three in a room: each hears the others, one leaves, the rest go on', async ({
	browser,
	ann,
	bob
}) => {
	const eve = await register(browser, app.origin);
	const three = [ann, bob, eve];
	for (const { page } of three) {
		await countConnections(page);
		await page.reload();
		await openRoom(page, 'general');
	}
	await press(ann.page, 'Voice call');
	await expect(call(ann.page)).toContainText('Nobody else is here yet');
	for (const { page } of [bob, eve]) await page.getByRole('button', { name: 'Join' }).click();
	for (const { page } of three) {
		await expect.poll(async () => (await flow(page)).open).toBe(2);
		await hears(page);
	}
	await press(eve.page, 'Leave call');
	for (const { page } of [ann, bob]) {
		await expect.poll(async () => (await flow(page)).open).toBe(1);
		await hears(page);
	}
	await press(ann.page, 'Leave call');
	await press(bob.page, 'Leave call');
	await expect(messages(eve.page).getByText(/^Call, \d+ s$/u)).toHaveCount(1);
	expect(eve.faults).toEqual([]);
});

test('W12, V31: two windows: one ring is answered in one of them, the other one says where', async ({
	ann,
	bob
}) => {
	const room = await friendsInTalk(ann, bob);
	const other = await bob.context.newPage();
	await other.goto(bob.page.url());
	await openTalk(other, room);
	await press(ann.page, 'Voice call');
	for (const page of [bob.page, other]) await expect(incoming(page)).toBeVisible();
	await press(other, 'Answer');
	await expect(incoming(bob.page)).toBeHidden();
	await Promise.all([hears(ann.page), hears(other)]);
	await expect(bob.page.getByText('In a call in another window')).toBeVisible();
	await press(other, 'Leave call');
	await expect(bob.page.getByText('In a call in another window')).toBeHidden();
	await expect(call(ann.page)).toBeHidden();
});
