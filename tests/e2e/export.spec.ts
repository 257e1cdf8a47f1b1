/** Taking one's conversations out: a file that is readable from a disk, without us, and in which nothing runs. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, type Browser, type Page } from '@playwright/test';
import sharp from 'sharp';
import {
	choose,
	composer,
	goOffline,
	makeRoom,
	mark,
	message,
	offlineReady,
	openRoom,
	say,
	status
} from '../support/people.ts';
import { test, useApp } from '../support/test.ts';

const app = useApp();
let folder: string;
test.beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'roost-export-'))));
test.afterEach(() => rmSync(folder, { recursive: true }));

const EVIL = [
	'<img src=x onerror="window.stolen = 1">',
	'</script><script>window.stolen = 2</script>',
	'<!--<script>"); window.stolen = 3; ("'
];

/** Saves what is ready and unpacks it; Python says that it is whole. */
async function unpack(page: Page): Promise<string> {
	// Without a dialog, which no test can press, it goes to the downloads.
	await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
	await expect(page.getByText(/^Ready: /u)).toBeVisible();
	const download = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Save the file' }).click();
	const file = join(folder, 'export.zip');
	await (await download).saveAs(file);
	const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    z.extractall(sys.argv[2])
`;
	execFileSync('python3', ['-c', script, file, folder]);
	return folder;
}

/** Opens a page of it from the disk, and notes every address that is asked for. */
async function openFromDisk(browser: Browser, path: string) {
	const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
	const asked: string[] = [];
	const faults: string[] = [];
	page.on('request', (request) => asked.push(request.url()));
	page.on('pageerror', (error) => faults.push(error.message));
	page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
	await page.goto(pathToFileURL(path).href);
	return { page, asked, faults };
}

/** Names of what lies in the private file system. */
const exportsOnDisk = (page: Page): Promise<string[]> =>
	page.evaluate(async () => {
		const root = await navigator.storage.getDirectory();
		const names: string[] = [];
		for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys())
			names.push(name);
		return names;
	});

test('everything is exported, and read from the disk by whoever has it', async ({
	ann,
	bob,
	browser
}) => {
	test.setTimeout(120_000);
	const { page } = ann;
	await makeRoom(page, 'Take along');
	await say(page, 'the first word');
	for (const text of EVIL) await say(page, text);
	await choose(page, 'the first word', 'Reply');
	await say(page, 'an answer to it');
	const background = { r: 20, g: 120, b: 200 };
	const image = sharp({ create: { width: 64, height: 48, channels: 3, background } });
	await page.locator('input[type=file]').setInputFiles([
		{ name: 'sea.png', mimeType: 'image/png', buffer: await image.png().toBuffer() },
		{ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('the plan') }
	]);
	await expect(page.getByRole('list', { name: 'Files to send' })).toContainText('plan.txt');
	await say(page, 'with files');
	await expect(mark(page, 'with files', 'On the server')).toBeVisible();
	await openRoom(bob.page, 'Take along');
	await choose(bob.page, 'the first word', 'React with 👍');
	await expect(message(page, 'the first word').first()).toContainText('👍');

	await page.goto(`${app.origin}/settings/data`);
	await page.getByRole('button', { name: 'Export everything' }).click();
	await unpack(page);

	const { page: read, asked, faults } = await openFromDisk(browser, join(folder, 'index.html'));
	await read.getByRole('link', { name: /Take along/u }).click();
	const lines = read.getByRole('article');
	await expect(lines.filter({ hasText: 'an answer to it' })).toContainText('the first word');
	await expect(lines.filter({ hasText: 'the first word' }).first()).toContainText('👍 1');
	for (const text of EVIL) await expect(lines.filter({ hasText: text })).toHaveCount(1);
	const shown = read.getByRole('img', { name: 'sea.png' });
	await expect.poll(() => shown.evaluate((one) => (one as HTMLImageElement).naturalWidth)).toBe(64);
	await read.getByRole('searchbox').fill('ANSWER');
	await expect(read.getByText('Found: 1')).toBeVisible();
	await read.locator('.result').click();
	await expect(read.locator('article.there')).toContainText('an answer to it');

	expect(await read.evaluate(() => Reflect.get(window, 'stolen') as unknown)).toBeUndefined();
	expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([]);
	expect(faults).toEqual([]);
	const room = readdirSync(folder).find((name) => name.startsWith('Take along-'))!;
	const files = readdirSync(join(folder, room, 'files'));
	expect(files.map((name) => name.replace(/^[\d.]+-/u, '')).sort()).toEqual([
		'plan.txt',
		'sea.png'
	]);
	const plan = files.find((name) => name.endsWith('plan.txt'))!;
	expect(readFileSync(join(folder, room, 'files', plan), 'utf8')).toBe('the plan');
	const jsonl = readFileSync(join(folder, room, 'messages', '000001.jsonl'), 'utf8');
	const texts = jsonl
		.trim()
		.split('\n')
		.map((line) => (JSON.parse(line) as { text: string }).text);
	expect(texts).toEqual(expect.arrayContaining(['the first word', ...EVIL, 'an answer to it']));
	await read.context().close();
});

test('one conversation is exported without a network, and is still there after a reload', async ({
	ann,
	browser
}) => {
	test.setTimeout(120_000);
	const { page } = ann;
	await makeRoom(page, 'Alone');
	await say(page, 'kept on this device');
	await expect(mark(page, 'kept on this device', 'On the server')).toBeVisible();
	await page.getByRole('button', { name: 'Export conversation' }).click();
	const dialog = page.getByRole('dialog', { name: 'Export conversation' });
	await expect(dialog.getByRole('button', { name: 'Begin' })).toBeEnabled();
	await offlineReady(page);
	await goOffline(ann);
	await expect(status(page)).toContainText('Offline');
	await expect(dialog).toContainText('There is no way to the server now.');
	await dialog.getByRole('button', { name: 'Begin' }).click();
	await expect(dialog.getByText(/^Ready: /u)).toBeVisible();
	await page.reload();
	await expect(composer(page)).toBeVisible();
	await page.getByRole('button', { name: 'Export conversation' }).click();
	await unpack(page);
	const room = readdirSync(folder).find((name) => name.startsWith('Alone-'))!;
	const { page: read } = await openFromDisk(browser, join(folder, room, 'index.html'));
	await expect(read.getByRole('article').last()).toContainText('kept on this device');
	await expect(read.locator('.warning')).toHaveCount(0);
	await read.context().close();
	await page.getByRole('button', { name: 'Remove from this device' }).click();
	await expect(page.getByRole('button', { name: 'Begin' })).toBeVisible();
	expect(await exportsOnDisk(page)).toEqual([]);
});

test('promise 14: signing out leaves nothing of an export', async ({ ann }) => {
	const { page } = ann;
	await makeRoom(page, 'Left behind');
	await say(page, 'only for me');
	await expect(mark(page, 'only for me', 'On the server')).toBeVisible();
	await page.goto(`${app.origin}/settings/data`);
	await page.getByRole('button', { name: 'Export everything' }).click();
	await expect(page.getByText(/^Ready: /u)).toBeVisible();
	expect(await exportsOnDisk(page)).toHaveLength(1);
	await page.goto(`${app.origin}/settings`);
	await page.getByRole('button', { name: 'Sign out' }).click();
	await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
	await expect.poll(() => exportsOnDisk(page)).toEqual([]);
});
