/** Files: every way of adding one, what is seen of it on either side, and networks and servers that fail. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import sharp from 'sharp';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { startApp } from '../support/app.ts';
import {
	composer,
	goOffline,
	goOnline,
	keptByWorker,
	makeRoom,
	mark,
	message,
	messages,
	offlineReady,
	openRoom,
	register,
	roomRow,
	say,
	status,
	texts,
	type Human
} from '../support/people.ts';
import { startProxy } from '../support/proxy.ts';
import { test, useApp } from '../support/test.ts';

interface Picked {
	name: string;
	mimeType: string;
	buffer: Buffer;
}

const app = useApp();

/** A picture with enough in it not to be taken for another one. */
async function picture(name: string, width: number, height: number, hue = 20): Promise<Picked> {
	const background = { r: hue, g: 120, b: 255 - hue };
	const image = sharp({ create: { width, height, channels: 3, background } });
	return { name, mimeType: 'image/png', buffer: await image.png().toBuffer() };
}

/** Bytes that look like nothing; the same for the same size. */
function file(name: string, size: number): Picked {
	const buffer = Buffer.alloc(size);
	for (let at = 0, value = 7; at < size; at++) {
		value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
		buffer[at] = value >> 16;
	}
	return { name, mimeType: 'application/octet-stream', buffer };
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const strip = (page: Page): Locator => page.getByRole('list', { name: 'Files to send' });
const lines = (page: Page, name: string): Locator =>
	messages(page).locator('[data-file]').filter({ hasText: name });
const image = (page: Page, name: string): Locator =>
	messages(page).getByRole('img', { name, exact: true });

async function pick(page: Page, ...files: Picked[]): Promise<void> {
	await page.locator('input[type=file]').setInputFiles(files);
	for (const { name } of files) await expect(strip(page)).toContainText(name.slice(0, 8));
	// What is sent before they are kept waits for them, and takes along what is written meanwhile.
	await expect(strip(page).locator('[aria-busy=true]')).toHaveCount(0);
}

/** Lets go of files over the conversation, or puts them where the clipboard's would come. */
async function hand(page: Page, how: 'drop' | 'paste', one: Picked): Promise<void> {
	await composer(page).evaluate(
		(field, { how, name, mimeType, base64 }) => {
			const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
			const data = new DataTransfer();
			data.items.add(new File([bytes], name, { type: mimeType }));
			const common = { bubbles: true, cancelable: true };
			if (how === 'paste') {
				field.dispatchEvent(new ClipboardEvent('paste', { ...common, clipboardData: data }));
				return;
			}
			const target = document.querySelector('[role=log]')!;
			target.dispatchEvent(new DragEvent('dragenter', { ...common, dataTransfer: data }));
			target.dispatchEvent(new DragEvent('dragover', { ...common, dataTransfer: data }));
			target.dispatchEvent(new DragEvent('drop', { ...common, dataTransfer: data }));
		},
		{ how, ...one, base64: one.buffer.toString('base64') }
	);
	await expect(strip(page)).toContainText(one.name);
}

/** Presses the download of a file and reads what came. */
async function download(page: Page, name: string): Promise<{ name: string; hash: string }> {
	const link = messages(page).getByRole('link', { name: `Download ${name}` });
	const [got] = await Promise.all([page.waitForEvent('download'), link.click()]);
	return { name: got.suggestedFilename(), hash: hashOf(readFileSync(await got.path())) };
}

async function two(browser: Parameters<typeof register>[0], room: string, origin = app.origin) {
	const ann = await register(browser, origin);
	const bob = await register(browser, app.origin);
	await makeRoom(ann.page, room);
	await openRoom(bob.page, room);
	return { ann, bob };
}

/** A film of one to two seconds, as this browser records it. */
async function recorded(page: Page, name: string): Promise<Picked> {
	const base64 = await page.evaluate(async () => {
		const canvas = document.createElement('canvas');
		[canvas.width, canvas.height] = [320, 180];
		const context = canvas.getContext('2d')!;
		const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm' });
		const parts: Blob[] = [];
		recorder.ondataavailable = ({ data }) => parts.push(data);
		const ended = new Promise((resolve) => (recorder.onstop = resolve));
		recorder.start();
		const began = performance.now();
		await new Promise<void>((resolve) => {
			const draw = (now: number): void => {
				context.fillStyle = `hsl(${(now / 10) % 360} 80% 50%)`;
				context.fillRect(0, 0, 320, 180);
				if (now - began < 1_200) requestAnimationFrame(draw);
				else resolve();
			};
			requestAnimationFrame(draw);
		});
		recorder.stop();
		await ended;
		const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
		return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
	});
	return { name, mimeType: 'video/webm', buffer: Buffer.from(base64, 'base64') };
}

const filmOf = (page: Page): Locator => messages(page).locator('video');

/** The picture that stands for a film is there, as large as it was made. */
async function expectPoster(page: Page): Promise<void> {
	await expect(filmOf(page)).toHaveAttribute('poster', /\/small$/u);
	await expect(filmOf(page)).toHaveAttribute('style', /background-image: url\("data:image/u);
	const width = () =>
		filmOf(page).evaluate(async (film: HTMLVideoElement) => {
			const shown = new Image();
			shown.src = film.poster;
			await shown.decode().catch(() => undefined);
			return shown.naturalWidth;
		});
	await expect.poll(width).toBe(320);
}

const clean = (...people: Human[]) => people.flatMap(({ faults }) => faults);

test('chosen, dropped and pasted into one message: the other one gets all of it, byte by byte', async ({
	browser
}) => {
	const { ann, bob } = await two(browser, 'Every way');
	const report = file('quarterly report, final (2).bin', 70_000);
	await pick(ann.page, report, await picture('harbour.png', 1200, 800));
	await hand(ann.page, 'drop', file('dropped.dat', 3_000));
	await hand(ann.page, 'paste', await picture('image.png', 300, 300, 90));
	await expect(strip(ann.page).getByRole('listitem')).toHaveCount(4);
	await ann.page.getByRole('button', { name: 'Remove dropped.dat' }).click();
	await expect(strip(ann.page).getByRole('listitem')).toHaveCount(3);
	await test.step('what was picked is kept: a reload, another room and a killed tab lose nothing', async () => {
		const names = ['final (2).bin', 'harbour.png', 'image.png'];
		const all = strip(ann.page).getByRole('listitem');
		await expect(strip(ann.page).locator('[aria-busy=true]')).toHaveCount(0);
		await ann.page.reload();
		await expect(all).toContainText(names);
		await roomRow(ann.page, 'general').click();
		await expect(all).toHaveCount(0);
		await roomRow(ann.page, 'Every way').click();
		await expect(all).toContainText(names);
		const second = await ann.context.newPage();
		await second.goto(ann.page.url());
		await expect(strip(second).getByRole('listitem')).toContainText(names);
		await ann.page.close();
		ann.page = second;
	});
	await say(ann.page, 'three things');
	await expect(strip(ann.page)).toHaveCount(0);
	await expect(composer(ann.page)).toHaveValue('');
	await expect(mark(ann.page, 'three things', 'On the server')).toBeVisible();

	await expect(message(bob.page, 'three things')).toBeVisible();
	await expect(image(bob.page, 'harbour.png')).toHaveJSProperty('complete', true);
	await expect(image(bob.page, 'image.png')).toBeVisible();
	expect(await download(bob.page, report.name)).toEqual({
		name: report.name,
		hash: hashOf(report.buffer)
	});
	// The first draft of the strip is gone on other devices and after a reload, too.
	await ann.page.reload();
	await expect(message(ann.page, 'three things')).toBeVisible();
	await expect(composer(ann.page)).toHaveValue('');
	expect(clean(ann, bob)).toEqual([]);
});

test('a picture without words has its room before it has come, and a name wherever it is told of', async ({
	browser
}) => {
	const { ann, bob } = await two(browser, 'Quiet pictures');
	let release = (): void => {};
	const held = new Promise<void>((resolve) => (release = resolve));
	await bob.context.route('**/api/files/*/small', async (route) => {
		await held;
		await route.continue();
	});
	await pick(ann.page, await picture('wide.png', 1600, 800));
	await ann.page.getByRole('button', { name: 'Send', exact: true }).click();
	// Her own bytes are there at once.
	await expect(image(ann.page, 'wide.png')).toHaveAttribute('src', /^blob:/u);
	await expect(roomRow(ann.page, 'Quiet pictures')).toContainText('You: Photo');

	const box = bob.page.locator('.picture');
	await expect(box).toBeVisible();
	// Within its message: who has read that shows below it, at any moment.
	const place = () =>
		box.evaluate((picture) => {
			const { top = 0 } = picture.closest('article')?.getBoundingClientRect() ?? {};
			const { x, y, width, height } = picture.getBoundingClientRect();
			return { x, y: y - top, width, height };
		});
	const before = await place();
	expect(before.width).toBeCloseTo(340, 0);
	expect(before.height).toBeCloseTo(170, 0);
	await expect(box.locator('img.blur')).toHaveAttribute('src', /^data:image\/png/u);
	release();
	await expect(box.locator('img.loaded')).toBeVisible();
	expect(await place()).toEqual(before);
	await expect(roomRow(bob.page, 'Quiet pictures')).toContainText('Photo');

	// The address did not change under her eyes when the server's copy came to be.
	await expect(ann.page.getByRole('img', { name: 'On the server' }).last()).toBeVisible();
	await expect(image(ann.page, 'wide.png')).toHaveAttribute('src', /^blob:/u);
	expect(clean(ann, bob)).toEqual([]);
});

test('chosen offline between two texts: all of it arrives, in order, once there is a network', async ({
	browser
}) => {
	const { ann, bob } = await two(browser, 'In a tunnel');
	await goOffline(ann);
	await say(ann.page, 'order 1');
	await pick(ann.page, file('plan.bin', 40_000), await picture('map.png', 500, 400));
	await say(ann.page, 'order 2 with files');
	await say(ann.page, 'order 3');
	await expect(lines(ann.page, 'plan.bin')).toContainText('Waiting for network');
	await expect(mark(ann.page, 'order 3', 'Waiting for network')).toBeVisible();
	const url = ann.page.url();
	await ann.page.close();
	const again = await ann.context.newPage();
	await again.goto(url);
	await expect(image(again, 'map.png')).toHaveAttribute('src', /^blob:/u);
	await goOnline({ page: again });
	await expect(mark(again, 'order 3', 'On the server')).toBeVisible({ timeout: 60_000 });
	await expect(message(bob.page, 'order 3')).toBeVisible();
	expect(await texts(bob.page, /^order/u)).toEqual(['order 1', 'order 2 with files', 'order 3']);
	expect((await download(bob.page, 'plan.bin')).hash).toBe(hashOf(file('', 40_000).buffer));
});

test('cut on the way, page closed, server restarted: it goes on where it was, with the same bytes', async ({
	browser
}) => {
	const proxy = await startProxy();
	const own = await startApp({ doors: [proxy.port] });
	proxy.leadTo(own.port);
	const ann = await register(browser, proxy.origin);
	await makeRoom(ann.page, 'Long way');
	await offlineReady(ann.page);
	const film = file('long film.bin', 6 * 1024 * 1024);
	/** offsets that the server was handed bytes at */
	const offsets: number[] = [];
	let cut: Promise<void> | null = null;
	const watch = (page: Page, cutAfter: number): void => {
		page.on('request', (request) => {
			if (request.method() !== 'PATCH') return;
			const offset = Number(request.headers()['upload-offset']);
			offsets.push(offset);
			if (offset >= cutAfter) cut ??= proxy.refuse();
		});
	};
	watch(ann.page, film.buffer.length * 0.6);
	await pick(ann.page, film);
	await say(ann.page, 'on its way');
	await expect(status(ann.page)).toContainText(/Offline|cannot be reached/u);
	await expect.poll(() => cut).not.toBeNull();
	expect(Math.max(...offsets)).toBeGreaterThan(film.buffer.length * 0.5);
	const url = ann.page.url();
	await ann.page.close();
	await own.restart();
	await proxy.restore();

	offsets.length = 0;
	const again = await ann.context.newPage();
	watch(again, Infinity);
	await again.goto(url);
	await expect(mark(again, 'on its way', 'On the server')).toBeVisible({ timeout: 90_000 });
	expect(Math.min(...offsets)).toBeGreaterThan(0);
	expect((await download(again, film.name)).hash).toBe(hashOf(film.buffer));
	await ann.context.close();
	await proxy.stop();
	await own.stop();
});

test('what is too large is told at once, and the text stays', async ({ browser }) => {
	const { page } = await register(browser, app.origin);
	await openRoom(page, 'general');
	await composer(page).fill('look at this');
	const large = { ...(await picture('huge.png', 8, 8)) };
	large.buffer = Buffer.concat([large.buffer, Buffer.alloc(LIMITS.imageBytes)]);
	await page.locator('input[type=file]').setInputFiles([large, file('fine.bin', 100)]);
	await expect(strip(page).getByRole('listitem')).toHaveCount(2);
	await expect(strip(page).getByRole('listitem').first()).toContainText('Goes as a file');
	await page
		.locator('input[type=file]')
		.setInputFiles(Array.from({ length: 11 }, (_, n) => file(`part ${n}.bin`, 100)));
	await expect(page.getByRole('alert')).toContainText('up to 10 files');
	await expect(strip(page).getByRole('listitem')).toHaveCount(10);
	await expect(composer(page)).toHaveValue('look at this');
});

test('UPLOAD-13: no room on the device is told at once; the text stays, and all goes once there is room', async ({
	browser
}) => {
	const { page, faults } = await register(browser, app.origin);
	await makeRoom(page, 'Full house');
	// Chromium reports 10 GB to every page, and the debugging protocol's override changes only what it enforces
	// elsewhere: the answer itself is put in its place.
	const quota = (size: number) =>
		page.evaluate((bytes) => {
			navigator.storage.estimate = async () => ({ usage: 1_000_000, quota: bytes });
		}, size);
	await quota(2_000_000);
	await composer(page).fill('the film of the party');
	await page.locator('input[type=file]').setInputFiles(file('party.bin', 5_000_000));
	await expect(page.getByRole('alert')).toContainText('no more room');
	await expect(composer(page)).toHaveValue('the film of the party');
	await expect(strip(page).getByRole('listitem')).toHaveCount(0);
	await quota(2_000_000_000);
	await pick(page, file('party.bin', 5_000_000));
	await page.getByRole('button', { name: 'Send', exact: true }).click();
	await expect(mark(page, 'the film of the party', 'On the server')).toBeVisible();
	await expect(lines(page, 'party.bin')).toHaveCount(1);
	expect(faults).toEqual([]);
});

test('a message with a file that still waits is taken back: the file never goes', async ({
	browser
}) => {
	const { ann, bob } = await two(browser, 'Second thoughts');
	await goOffline(ann);
	await pick(ann.page, file('regret.bin', 20_000));
	await ann.page.getByRole('button', { name: 'Send', exact: true }).click();
	await ann.page.getByRole('button', { name: 'Cancel sending regret.bin' }).click();
	await expect(lines(ann.page, 'regret.bin')).toHaveCount(0);
	const uploads: string[] = [];
	ann.page.on('request', (request) => {
		if (request.url().includes('/api/files/upload')) uploads.push(request.url());
	});
	await say(ann.page, 'never mind');
	await goOnline(ann);
	await expect(message(bob.page, 'never mind')).toBeVisible();
	await expect(lines(bob.page, 'regret.bin')).toHaveCount(0);
	expect(uploads).toEqual([]);
});

test('the viewer: keys go through the pictures of the room and away, the focus comes back', async ({
	browser
}) => {
	const { page, faults } = await register(browser, app.origin);
	await makeRoom(page, 'Gallery');
	const names = ['first.png', 'second.png', 'third.png'];
	await pick(page, ...(await Promise.all(names.map((name, n) => picture(name, 900, 600, n * 80)))));
	await say(page, 'three pictures');
	await expect(mark(page, 'three pictures', 'On the server')).toBeVisible();
	await image(page, 'second.png').click();
	const viewer = page.getByRole('dialog');
	await expect(viewer).toHaveAccessibleName('second.png');
	await expect(viewer).toContainText('2 of 3');
	await page.keyboard.press('ArrowRight');
	await expect(viewer).toHaveAccessibleName('third.png');
	await page.keyboard.press('ArrowRight');
	await expect(viewer).toHaveAccessibleName('third.png');
	await page.keyboard.press('ArrowLeft');
	await page.keyboard.press('ArrowLeft');
	await expect(viewer).toHaveAccessibleName('first.png');
	await page.keyboard.press('+');
	await expect(viewer.locator('[data-scale]')).toHaveAttribute('data-scale', '1.5');
	await page.keyboard.press('0');
	await viewer.locator('.stage').dblclick();
	await expect(viewer.locator('[data-scale]')).toHaveAttribute('data-scale', '2.5');
	await expect(viewer.getByRole('link', { name: /^Download first.png/u })).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(viewer).toHaveCount(0);
	await expect(page.locator('.picture button').nth(1)).toBeFocused();
	expect(faults).toEqual([]);
});

test('what was looked at is there without a network, after a restart of the browser page', async ({
	browser
}) => {
	const { ann, bob } = await two(browser, 'Kept');
	await offlineReady(bob.page);
	const film = await recorded(ann.page, 'waves.webm');
	await pick(
		ann.page,
		await picture('kept.png', 640, 480),
		file('kept.bin', 5_000),
		file('never.bin', 5_000),
		film
	);
	const seconds = /^Length: [12] seconds?/u;
	await expect(strip(ann.page).getByText(seconds)).toHaveCount(1);
	// Picture and length of a film come with its message: nothing of it is fetched before it plays.
	const fetched: string[] = [];
	bob.page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
	await say(ann.page, 'for the train');
	await expect(message(bob.page, 'for the train')).toBeVisible();
	await expect(messages(bob.page).getByText(seconds)).toHaveCount(1);
	await expectPoster(bob.page);
	const own = await filmOf(bob.page).getAttribute('src');
	expect(fetched.filter((path) => path === own)).toEqual([]);
	await image(bob.page, 'kept.png').click();
	await expect(bob.page.getByRole('dialog').locator('img.loaded')).toBeVisible();
	await bob.page.keyboard.press('Escape');
	const bytes = hashOf(file('', 5_000).buffer);
	expect((await download(bob.page, 'kept.bin')).hash).toBe(bytes);
	const link = messages(bob.page).getByRole('link', { name: 'Download kept.bin' });
	// The driver's switch for the network does not reach downloads by the browser itself.
	await keptByWorker(bob.page, await link.getAttribute('href'));
	await keptByWorker(bob.page, await image(bob.page, 'kept.png').getAttribute('src'));
	await keptByWorker(bob.page, await filmOf(bob.page).getAttribute('poster'));
	await goOffline(bob);
	const url = bob.page.url();
	await bob.page.close();
	const again = await bob.context.newPage();
	await again.goto(url);
	await expect(message(again, 'for the train').locator('.picture img.loaded')).toBeVisible();
	await expect(messages(again).getByText(seconds)).toHaveCount(1);
	await expectPoster(again);
	await image(again, 'kept.png').click();
	await expect(again.getByRole('dialog').locator('img.loaded')).toBeVisible();
	await again.keyboard.press('Escape');
	expect((await download(again, 'kept.bin')).hash).toBe(bytes);
	await messages(again).getByRole('link', { name: 'Download never.bin' }).click();
	await expect(again.getByText('This file is not on this device')).toBeVisible();
});
