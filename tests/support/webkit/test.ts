/** The runner's `test` with browsers of WebKitGTK's: each `open` is somebody's own, on a screen in memory. */
import { expect, test as base } from '@playwright/test';
import { WebKitBrowser } from './browser.ts';
import { startScreen, type Screen } from './processes.ts';

interface Fixtures {
	/** Makes a browser with an empty profile. Whatever its pages say that must not be fails the test in the end. */
	newBrowser: () => WebKitBrowser;
}

export const test = base.extend<Fixtures, { display: Screen }>({
	display: [
		// The runner wants to see what is used, and the linter no empty list.
		async ({ browserName: _ }, use) => {
			const screen = await startScreen();
			await use(screen);
			await screen.stop();
		},
		{ scope: 'worker' }
	],
	newBrowser: async ({ display }, use) => {
		const browsers: WebKitBrowser[] = [];
		await use(() => {
			const browser = new WebKitBrowser(display);
			browsers.push(browser);
			return browser;
		});
		for (const browser of browsers) await browser.remove();
		expect(browsers.flatMap(({ console }) => console.faults)).toEqual([]);
	}
});
