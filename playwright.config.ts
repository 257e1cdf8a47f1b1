import { defineConfig, devices } from '@playwright/test';

const executablePath = process.env.ROOST_BROWSER;

/**
 * Playwright's own list, which a second switch of that name takes the place of; then two popups of the
 * address bar that nobody sees: a renderer each in every window, a third of what a window costs.
 */
const DISABLED_FEATURES = [
	...['AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades'],
	...['HttpsFirstBalancedModeAutoEnable', 'LensOverlay', 'MediaRouter', 'PaintHolding'],
	...['ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect', 'OptimizationHints'],
	...['NetworkTimeServiceQuerying', 'AimEnabled', 'PreconnectToSearch'],
	...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup']
];

/** What measures time or movement, and so wants the machine for itself. */
const ALONE = /(conversation|history|messaging|tabs)\.spec\.ts$/;

/**
 * Real browsers against the production build. Each test starts its own server on a free port with a
 * data folder of its own (tests/support/app.ts), so tests share nothing and may run side by side.
 */
export default defineConfig({
	testDir: 'tests/e2e',
	outputDir: 'test-results',
	// Generous on purpose: it ends what is stuck, it measures nothing.
	timeout: 120_000,
	expect: { timeout: 20_000 },
	forbidOnly: Boolean(process.env.CI),
	// A slow shared machine may drop a beat once; what fails three times is broken.
	retries: process.env.CI ? 2 : 0,
	// A file is shared out among the workers like the files are: none of them is the tail of the run.
	fullyParallel: true,
	workers: 2,
	reporter: [
		['list'],
		[
			'json',
			{
				outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? 'node_modules/.cache/playwright.json'
			}
		]
	],
	use: {
		...devices['Desktop Chrome'],
		locale: 'en-GB',
		// What moves has to be waited for; what is about movement asks for it.
		contextOptions: { reducedMotion: 'reduce' },
		trace: 'on-first-retry',
		launchOptions: {
			...(executablePath ? { executablePath } : {}),
			args: [
				'--no-sandbox',
				'--disable-gpu',
				'--disable-quic',
				'--no-first-run',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
				`--disable-features=${DISABLED_FEATURES.join(',')}`
			]
		}
	},
	projects: [
		{ name: 'chromium', testIgnore: ALONE },
		// scripts/test.mjs runs it after the other one, whatever came of that.
		{
			name: 'chromium alone',
			testMatch: ALONE,
			outputDir: 'test-results/alone',
			workers: 1,
			use: { contextOptions: { reducedMotion: 'no-preference' } }
		}
	]
});
