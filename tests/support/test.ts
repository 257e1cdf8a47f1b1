/**
 * The runner's `test` with what most stories need: `ann` and `bob`, two people in browsers of their own; and,
 * for a whole file, an app on a port and data of its own (`useApp`), behind a line that can be cut if wanted
 * (`useCutLine`), beside a push service (`usePushService`).
 */
import { expect, test as base, type Browser } from '@playwright/test';
import { startApp, type AppOptions, type RunningApp } from './app.ts';
import { giveOwnNetworks } from './firefox.ts';
import { register, type Human } from './people.ts';
import { startProxy, type Proxy as CutLine } from './proxy.ts';
import { startPushService, type PushService } from './push-service.ts';

interface Fixtures {
	/** Closes every window that a test leaves, so that the next one has the machine for itself. */
	closedWindows: null;
	/** Somebody signed in. Whatever goes wrong unseen on the page fails the test in the end. */
	ann: Human;
	/** Somebody else. */
	bob: Human;
}

/** The app of the file that runs in this worker; a worker runs one file at a time. */
let current: RunningApp | null = null;

async function somebody(browser: Browser, use: (human: Human) => Promise<void>): Promise<void> {
	if (!current) throw new Error('useApp() has to be called in the file first');
	const human = await register(browser, current.origin);
	await use(human);
	expect(human.faults).toEqual([]);
}

export const test = base.extend<Fixtures, { browser: Browser }>({
	browser: [
		async ({ browser, browserName }, use) => {
			if (browserName === 'firefox') giveOwnNetworks(browser);
			await use(browser);
		},
		{ scope: 'worker' }
	],
	closedWindows: [
		async ({ browser }, use) => {
			await use(null);
			await Promise.all(browser.contexts().map((context) => context.close()));
		},
		{ auto: true }
	],
	ann: ({ browser }, use) => somebody(browser, use),
	bob: ({ browser }, use) => somebody(browser, use)
});

/** Stands for what is there only while the tests run. */
function lazily<T extends object>(value: () => T | null): T {
	return new Proxy({} as T, {
		get(_target, key) {
			const there = value();
			if (!there) throw new Error(`${String(key)}: only there while tests run`);
			return Reflect.get(there, key) as unknown;
		}
	});
}

/** The app as it ships for the tests of this file, with data of its own. */
export function useApp(options: AppOptions = {}): RunningApp {
	test.beforeAll(async () => {
		current = await startApp(options);
	});
	test.afterAll(async () => {
		await current?.stop();
		current = null;
	});
	return lazily(() => current);
}

/** An app, and a line to it that the tests of this file can cut: browsers use `proxy.origin`. It is whole at the beginning of each test. */
export function useCutLine(): { app: RunningApp; proxy: CutLine } {
	let proxy: CutLine | null = null;
	test.beforeAll(async () => {
		proxy = await startProxy();
		current = await startApp({ doors: [proxy.port] });
		proxy.leadTo(current.port);
	});
	test.beforeEach(() => proxy?.restore());
	test.afterAll(async () => {
		await current?.stop();
		await proxy?.stop();
		current = null;
	});
	return { app: lazily(() => current), proxy: lazily(() => proxy) };
}

/** An app, and the push service that it may push to. */
export function usePushService(): { app: RunningApp; service: PushService } {
	let service: PushService | null = null;
	test.beforeAll(async () => {
		service = await startPushService();
		current = await startApp({ pushHosts: service.host });
	});
	test.afterAll(async () => {
		await current?.stop();
		await service?.stop();
		current = null;
	});
	return { app: lazily(() => current), service: lazily(() => service) };
}
