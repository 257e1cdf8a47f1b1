/** The runner's `test`, which leaves no window of a test behind for the next one to share the machine with. */
import { test as base } from '@playwright/test';

export const test = base.extend<{ closedWindows: null }>({
	closedWindows: [
		async ({ browser }, use) => {
			await use(null);
			await Promise.all(browser.contexts().map((context) => context.close()));
		},
		{ auto: true }
	]
});
