/** The main job in WebKit: what is written without a network survives closing the browser, and arrives once and in order. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { startApp, type RunningApp } from '../support/app.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import {
	COMPOSER,
	marked,
	message,
	networkReturns,
	offlineReady,
	openRoom,
	register,
	ROOMS,
	say,
	statusSays,
	textsFrom
} from '../support/webkit/people.ts';
import { test } from '../support/webkit/test.ts';

/** Messages written without a network, and one more with a file. */
const MANY = 20;
/** Bytes of the file. */
const SIZE = 300_000;

let app: RunningApp;
let line: Proxy;
test.beforeAll(async () => {
	line = await startProxy();
	app = await startApp({ doors: [line.port] });
	line.leadTo(app.port);
});
test.afterAll(async () => {
	await app.stop();
	await line.stop();
});

test('twenty messages written with no network, over a closed browser, arrive once and in order', async ({
	newBrowser
}) => {
	const browser = newBrowser();
	const expected = Array.from({ length: MANY }, (_, n) => `tunnel ${n + 1} of twenty`);
	const last = expected.at(-1)!;
	const bytes = Buffer.from(Array.from({ length: SIZE }, (_, n) => (n * n) % 251));
	const path = test.info().outputPath('plan.bin');
	writeFileSync(path, bytes);
	let ann = await browser.open();
	const bob = await newBrowser().open();

	await test.step('two people talk', async () => {
		await Promise.all([register(ann, line.origin), register(bob, app.origin)]);
		await Promise.all([openRoom(ann, 'general'), openRoom(bob, 'general')]);
		await say(ann, 'good morning');
		await bob.sees(message('good morning'));
		await say(bob, 'good evening');
		await ann.sees(message('good evening'));
	});
	await test.step('the worker takes the page over', async () => {
		await offlineReady(ann);
		await ann.reload();
		await ann.sees(message('good evening'));
	});
	await test.step('the network goes; what was said is read, and more is written', async () => {
		await line.refuse();
		await statusSays(ann, 'cannot be reached');
		await ann.sees(message('good evening'));
		for (const text of expected) await say(ann, text);
		await ann.sees(marked(last, 'Waiting for network'));
		await statusSays(ann, `${MANY} waiting`);
	});
	await test.step('a file is picked and sent with no network', async () => {
		await ann.type({ css: 'input[type=file]', isHidden: true }, path);
		await ann.sees({ css: 'ul:not(:has([aria-busy=true]))', name: 'Files to send' });
		await say(ann, 'with the plan');
		await ann.sees(message('plan.bin'));
		await statusSays(ann, `${MANY + 1} waiting`);
	});
	await test.step('all of it is there after loading the page again', async () => {
		await ann.reload();
		await ann.sees(message(last));
		expect(await textsFrom(ann, 'tunnel')).toEqual(expected);
	});
	await test.step('a cold start with no network: the browser is closed and opened', async () => {
		await browser.close();
		ann = await browser.open();
		await ann.goto(line.origin);
		await ann.sees(ROOMS);
		await openRoom(ann, 'general');
		await ann.sees(message(last));
		expect(await textsFrom(ann, 'tunnel')).toEqual(expected);
		expect(await textsFrom(bob, 'tunnel')).toEqual([]);
	});
	await test.step('the network returns: each message arrives once and in order', async () => {
		await line.restore();
		await networkReturns(ann);
		await ann.sees(marked(last, 'On the server'));
		await bob.sees(message(last));
		expect(await textsFrom(bob, 'tunnel')).toEqual(expected);
		expect(await textsFrom(ann, 'tunnel')).toEqual(expected);
		await statusSays(ann, 'Connected');
	});
	await test.step('the file arrives as it was picked', async () => {
		await bob.sees(message('plan.bin'));
		const hash = await bob.run(async () => {
			const link = document.querySelector<HTMLAnchorElement>('[role=log] a[download]');
			const bytes = await (await fetch(link?.href ?? '')).arrayBuffer();
			const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
			return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
		});
		expect(hash).toBe(createHash('sha256').update(bytes).digest('hex'));
	});
	await test.step('a second tab goes on when the first one is closed', async () => {
		const second = await browser.openTab();
		await second.goto(`${line.origin}/rooms`);
		await openRoom(second, 'general');
		await say(second, 'from the second tab');
		await ann.sees(message('from the second tab'));
		await bob.sees(message('from the second tab'));
		await ann.close();
		await say(second, 'after the first one');
		await bob.sees(message('after the first one'));
		await second.sees(COMPOSER);
		expect(await textsFrom(bob, 'from the second')).toHaveLength(1);
	});
});
