/** Clients of the replaced systems in a real browser, on another origin; and the pages of the API. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Browser, type Page } from '@playwright/test';
import { startApp } from '../support/app.ts';
import { call, program, type Program } from '../support/compat.ts';
import { offlineReady, register } from '../support/people.ts';
import { startProcess, type ServerProcess } from '../support/process.ts';
import { test } from '../support/test.ts';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const FILES: Record<string, readonly [path: string, type: string]> = {
	'/': [file('../compat/old-client.html'), 'text/html; charset=utf-8'],
	'/old-client.js': [file('../compat/old-client.js'), 'text/javascript'],
	'/socket.io.min.js': [
		file('../../node_modules/socket.io-client/dist/socket.io.min.js'),
		'text/javascript'
	]
};
const PASSWORD = 'a fine day 7';

let api: ServerProcess;
let pages: Server;
let dataDir: string;
let faults: string[];

test.beforeAll(async () => {
	dataDir = mkdtempSync(join(tmpdir(), 'roost-old-'));
	api = await startProcess({ PORT: '0', DATA_DIR: dataDir });
	pages = createServer((request, response) => {
		const found = FILES[(request.url ?? '').split('?')[0]!];
		if (!found) return void response.writeHead(404).end();
		response.writeHead(200, { 'content-type': found[1] });
		createReadStream(found[0]).pipe(response);
	});
	await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
});
test.afterAll(async () => {
	pages.close();
	await api.end('SIGTERM');
	rmSync(dataDir, { recursive: true, force: true });
});
test.beforeEach(() => {
	faults = [];
});

/** The old client's page, of an origin that is not the server's, in a browser of its own. */
async function open(browser: Browser): Promise<Page> {
	const page = await (await browser.newContext()).newPage();
	page.on('pageerror', (error) => faults.push(String(error)));
	const origin = `http://localhost:${(pages.address() as AddressInfo).port}`;
	await page.goto(`${origin}/?api=${encodeURIComponent(api.origin)}`);
	return page;
}

/** Enters a room as those clients do, who wait for nothing; the test waits until the server has let them in. */
async function enter(page: Page, id: unknown): Promise<void> {
	await use(page, 'enter', id);
	await expect(page.locator('body')).toHaveAttribute('data-joined', String(id));
}

/** Does something with the page's client; answers the refusal's text, if it is refused. */
function use(page: Page, method: string, ...args: unknown[]): Promise<string | null> {
	return page.evaluate(
		async ([name, given]) => {
			const { client } = globalThis as unknown as {
				client: Record<string, (...args: unknown[]) => Promise<void>>;
			};
			try {
				await client[name as string]!(...(given as unknown[]));
				return null;
			} catch (fault) {
				return (fault as Error).message;
			}
		},
		[method, args] as const
	);
}

async function signedIn(browser: Browser, name: string): Promise<Page> {
	const page = await open(browser);
	expect(await use(page, 'register', name, PASSWORD)).toBeNull();
	expect(await use(page, 'signIn', name, PASSWORD)).toBeNull();
	await expect(page.locator('#screen')).toHaveText(`signed in as ${name}`);
	return page;
}

/**
 * Waits until the server knows that this page has what it was sent. What it is not sure of it tells again
 * after a lost line; it asks behind each message, and what answers that is ahead of the second answer here.
 */
async function arrived(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const { client } = globalThis as unknown as {
			client: { socket: { emitWithAck: (event: string) => Promise<unknown> } };
		};
		await client.socket.emitWithAck('ping');
		await client.socket.emitWithAck('ping');
	});
}

async function room(owner: Program, name: string): Promise<number> {
	return (await owner.room(name)).id as number;
}

test('an old client signs in, enters rooms, talks, types, and sees pictures of another origin', async ({
	browser
}) => {
	const bot = await program(api, 'bot');
	const id = await room(bot, 'plaza');
	await bot.post('/api/messages/', { room_id: id, content: 'before' });
	const [one, two] = [await signedIn(browser, '旧客户端'), await signedIn(browser, 'old_two')];
	for (const page of [one, two]) {
		await expect(page.locator('#rooms')).toContainText('plaza');
		await enter(page, id);
		await expect(page.locator('#messages li')).toHaveText([`${bot.name}: before`]);
	}
	await expect(two.locator('#online li')).toHaveText(['old_two', '旧客户端']);

	await use(one, 'say', '你好');
	for (const page of [one, two]) {
		await expect(page.locator('#messages li')).toHaveText([
			`${bot.name}: before`,
			'旧客户端: 你好'
		]);
	}
	// Shown eight hours ahead of UTC, as its people in China expect.
	const shown = await two.locator('#messages li').last().getAttribute('data-time');
	const china = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 16);
	expect(Math.abs(Date.parse(`${shown}Z`) - Date.parse(`${china}Z`))).toBeLessThan(120_000);

	await one.evaluate((room_id) => {
		const { client } = globalThis as unknown as {
			client: { socket: { emit: (...sent: unknown[]) => void } };
		};
		client.socket.emit('typing_start', { room_id });
	}, id);
	await expect(two.locator('#typing')).toHaveText('旧客户端');
	await expect(one.locator('#typing')).toHaveText('');

	await one.evaluate(async () => {
		const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 30 });
		canvas.getContext('2d')!.fillRect(0, 0, 40, 30);
		const blob = await new Promise((resolve) => canvas.toBlob(resolve));
		const { client } = globalThis as unknown as {
			client: { sendPicture: (blob: unknown, name: string) => Promise<void> };
		};
		await client.sendPicture(blob, '图.png');
	});
	const picture = two.getByAltText('图.png');
	await expect(picture).toBeVisible();
	await expect
		.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth))
		.toBe(40);
	expect(faults).toEqual([]);
	await one.context().close();
	await two.context().close();
});

test('a line that is lost comes back by itself, into the room, with what was missed', async ({
	browser
}) => {
	const bot = await program(api, 'bot');
	const id = await room(bot, 'tunnel');
	const page = await signedIn(browser, 'in_a_tunnel');
	await enter(page, id);
	await bot.post('/api/messages/', { room_id: id, content: 'seen' });
	await expect(page.locator('#messages li')).toHaveText([`${bot.name}: seen`]);
	await arrived(page);
	// The line goes, and cannot be opened anew while the network is away.
	await page.context().setOffline(true);
	await page.evaluate(() => {
		const { client } = globalThis as unknown as {
			client: { socket: { io: { engine: { close(): void } } } };
		};
		client.socket.io.engine.close();
	});
	await bot.post('/api/messages/', { room_id: id, content: 'missed 1' });
	await bot.post('/api/messages/', { room_id: id, content: 'missed 2' });
	await page.context().setOffline(false);
	await expect(page.locator('#messages li')).toHaveText([
		`${bot.name}: seen`,
		`${bot.name}: missed 1`,
		`${bot.name}: missed 2`
	]);
	await bot.post('/api/messages/', { room_id: id, content: 'live again' });
	await expect(page.locator('#messages li').last()).toHaveText(`${bot.name}: live again`);
	expect(faults).toEqual([]);
	await page.context().close();
});

test('a refusal is a text; a wrong room password signs nobody out; a dead token does', async ({
	browser
}) => {
	const bot = await program(api, 'bot');
	const { id } = await bot.room('locked', 'sesame');
	const page = await signedIn(browser, 'careful');
	expect(await use(page, 'enter', id)).toContain('password');
	await expect(page.locator('#fault')).toContainText('password');
	await expect(page.locator('#screen')).toHaveText('signed in as careful');
	expect(await use(page, 'ask', '/api/nothing')).toBe('Not found.');
	await use(page, 'ask', '/api/auth/logout', { method: 'POST' });
	expect(await use(page, 'ask', '/api/auth/me')).toContain('token');
	await expect(page.locator('#screen')).toHaveText('signed out');
	expect(faults).toEqual([]);
	await page.context().close();
});

test('the interactive page calls the API, the reading page runs no script, and neither breaks its policy', async ({
	page
}) => {
	const violations: string[] = [];
	const hosts = new Set<string>();
	page.on('console', (message) => {
		if (/Content Security Policy/.test(message.text())) violations.push(message.text());
	});
	page.on('request', (request) => {
		if (request.url().startsWith('http')) hosts.add(new URL(request.url()).host);
	});
	await page.goto(`${api.origin}/docs`);
	const operation = page.locator('#operations-Accounts-post_api_auth_login');
	await operation.getByRole('button').first().click();
	await operation.getByRole('button', { name: 'Execute' }).click();
	await expect(
		operation.locator('.live-responses-table tbody .response-col_status').first()
	).toContainText('401');
	await page.goto(`${api.origin}/redoc`);
	await expect(page.getByRole('heading', { name: 'Roost API' })).toBeVisible();
	await expect(page.locator('#client_join_room')).toBeVisible();
	await page.getByRole('link', { name: 'POST /api/rooms/', exact: true }).click();
	await expect(page.locator('#post_api_rooms')).toBeInViewport();
	expect(violations).toEqual([]);
	expect([...hosts]).toEqual([new URL(api.origin).host]);
	expect((await call(api, '/openapi.json')).status).toBe(200);
});

test('the worker of the app leaves the pages of the API to the server', async ({ browser }) => {
	const app = await startApp();
	try {
		const { page } = await register(browser, app.origin);
		await offlineReady(page);
		await page.goto(`${app.origin}/redoc`);
		await expect(page.getByRole('heading', { name: 'Roost API' })).toBeVisible();
		await page.goto(`${app.origin}/docs`);
		await expect(page.locator('#operations-Accounts-post_api_auth_login')).toBeVisible();
		await page.context().close();
	} finally {
		await app.stop();
	}
});
