import { fileURLToPath } from 'node:url';
import { defineConfig, devices, type PlaywrightTestConfig } from '@playwright/test';
import { IN_FIREFOX, NOT_IN_FIREFOX } from './tests/e2e/firefox.ts';

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

const CHROMIUM: PlaywrightTestConfig['use'] = {
	...devices['Desktop Chrome'],
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
			`--disable-features=${DISABLED_FEATURES.join(',')}`,
			// Calls: made-up microphone and camera, nobody to be asked, and a machine that has no network but its own.
			'--use-fake-device-for-media-stream',
			'--use-fake-ui-for-media-stream',
			'--auto-select-desktop-capture-source=Entire screen',
			'--allow-loopback-in-peer-connection'
		]
	}
};

/** Debian's Firefox ESR; docs/decisions/0031-engines.md says how it is driven. */
const FIREFOX: PlaywrightTestConfig['use'] = {
	browserName: 'firefox',
	channel: 'moz-firefox',
	viewport: { width: 1280, height: 720 },
	launchOptions: {
		executablePath: fileURLToPath(new URL('tests/support/firefox-bidi.ts', import.meta.url)),
		firefoxUserPrefs: {
			'ui.prefersReducedMotion': 1,
			// A mouse that can hover: without a screen there is none.
			'ui.primaryPointerCapabilities': 6,
			'ui.allPointerCapabilities': 6,
			'alerts.useSystemBackend': false,
			// The line of each browser (tests/support/firefox.ts) leads to this machine, too, and stays a secure one.
			'network.proxy.allow_hijacking_localhost': true,
			'network.proxy.testing_localhost_is_secure_when_hijacked': true
		}
	}
};

/** ms for a test in an engine that takes longer, with a whole story in one test: it ends what is stuck. */
const LONG = 300_000;

/** What measures time or movement, and so wants the machine for itself. */
const ALONE = /(calls|conversation|history|messaging|tabs)\.spec\.ts$/;

/**
 * Real browsers against the production build. Each test starts its own server on a free port with a
 * data folder of its own (tests/support/app.ts), so tests share nothing and may run side by side.
 */
export default defineConfig({
	testDir: 'tests/e2e',
	outputDir: 'test-results',
	// Generous on purpose: it ends what is stuck, it measures nothing.
	timeout: 120_000,
	expect: {
		timeout: 20_000,
		// Pictures have 128 colours each, which is up to 62 pixels of difference. A button that moved by 2 px is 245, a
		// badge lower by 1 px 216, another accent 1,467; other hinting of the same fonts is 1.
		toHaveScreenshot: { threshold: 0.05, maxDiffPixels: 150 }
	},
	snapshotPathTemplate: '{testDir}/pictures/{arg}{ext}',
	forbidOnly: Boolean(process.env.CI),
	// A test that fails once and passes the next time has found a fault: nothing is tried twice.
	retries: 0,
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
		locale: 'en-GB',
		// What moves has to be waited for; what is about movement asks for it.
		contextOptions: { reducedMotion: 'reduce' },
		// Recording takes a fifth of the processor's time, and nobody can open what a machine of CI leaves behind.
		trace: process.env.CI ? 'off' : 'retain-on-failure'
	},
	projects: [
		{ name: 'chromium', testIgnore: ALONE, use: CHROMIUM },
		// scripts/test.mjs runs it after the other one, whatever came of that.
		{
			name: 'chromium alone',
			testMatch: ALONE,
			outputDir: 'test-results/alone',
			workers: 1,
			use: { ...CHROMIUM, contextOptions: { reducedMotion: 'no-preference' } }
		},
		{
			name: 'firefox',
			testMatch: IN_FIREFOX,
			grepInvert: NOT_IN_FIREFOX.map(([title]) => title),
			outputDir: 'test-results/firefox',
			timeout: LONG,
			use: FIREFOX
		},
		{
			name: 'webkit',
			testDir: 'tests/webkit',
			outputDir: 'test-results/webkit',
			timeout: LONG
		}
	]
});
