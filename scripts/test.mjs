/**
 * Runs the steps that make up the tests: all of them, or those named on the command line. Goes on
 * after a failure, so that one run tells everything, and ends with what failed and one line that adds
 * it all up.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from './browser.mjs';
import { missingFor } from './engines.mjs';
import { CACHE, findNode, pathWith, ROOT } from './paths.mjs';
import { readReport } from './test-reports.mjs';

const NODE = findNode() ?? process.execPath;
const bin = (path) => join('node_modules', path);
const ESLINT = bin('eslint/bin/eslint.js');
const PRETTIER = bin('prettier/bin/prettier.cjs');
const VITEST = bin('vitest/vitest.mjs');
const PLAYWRIGHT = bin('@playwright/test/cli.js');

/**
 * Name -> the commands of a step, in order. A step with `report` counts the tests in that JSON file;
 * any other counts as one.
 */
const STEPS = {
	types: [
		[bin('typescript/bin/tsc'), '-p', 'tsconfig.server.json'],
		['scripts/paraglide.ts'],
		[bin('@sveltejs/kit/svelte-kit.js'), 'sync'],
		[bin('svelte-check/bin/svelte-check'), '--tsconfig', './tsconfig.json', '--fail-on-warnings'],
		[bin('typescript/bin/tsc'), '-p', 'tsconfig.worker.json']
	],
	lint: [
		[ESLINT, '.', '--max-warnings', '0'],
		[ESLINT, '--no-config-lookup', '--config', 'scripts/promises.config.js', 'src', 'server']
	],
	measure: [['scripts/measure.ts', '--check']],
	format: [[PRETTIER, '--check', '--log-level', 'warn', '.']],
	vitest: [[VITEST, 'run']],
	build: [[bin('vite/bin/vite.js'), 'build', '--logLevel', 'warn']],
	// What is built runs in the oldest browsers that README.md names.
	oldest: [
		[
			ESLINT,
			'--no-config-lookup',
			...['--config', 'scripts/oldest-browsers.config.js'],
			'build/client'
		]
	],
	browser: [[PLAYWRIGHT, 'test', '--project', 'chromium']],
	'browser-alone': [[PLAYWRIGHT, 'test', '--project', 'chromium alone']],
	// Where their programs are not installed these two are skipped.
	firefox: [[PLAYWRIGHT, 'test', '--project', 'firefox']],
	webkit: [[PLAYWRIGHT, 'test', '--project', 'webkit']]
};
const GROUPS = {
	check: ['types', 'lint', 'measure', 'format'],
	e2e: ['browser', 'browser-alone'],
	engines: ['firefox', 'webkit']
};
const REPORTS = {
	vitest: join(CACHE, 'vitest.json'),
	browser: join(CACHE, 'playwright.json'),
	'browser-alone': join(CACHE, 'playwright-alone.json'),
	firefox: join(CACHE, 'playwright-firefox.json'),
	webkit: join(CACHE, 'playwright-webkit.json')
};

function run(command, env) {
	return spawnSync(NODE, command, { cwd: ROOT, stdio: 'inherit', env }).status === 0;
}

/** @returns how many tests of a step passed and failed, and a paragraph about each that failed */
function summarize(step, ok) {
	const told = (REPORTS[step] && readReport(REPORTS[step])) ?? {
		passed: ok ? 1 : 0,
		failed: ok ? 0 : 1,
		failures: []
	};
	// A run can fail without a failing test, for example when a promise is rejected that nobody awaits.
	if (!ok && told.failed === 0) told.failed = 1;
	if (!ok && told.failures.length === 0) told.failures = ['the step itself, see above'];
	return told;
}

async function environment(steps) {
	const env = { ...process.env, PATH: pathWith(NODE) };
	if (steps.some((step) => step in REPORTS)) {
		const browser = await findBrowser();
		if (!browser) {
			console.error(
				'The browser tests need Chromium or Chrome: install one, or set ROOST_BROWSER to the path of one.'
			);
			process.exit(1);
		}
		env.ROOST_BROWSER = browser;
	}
	return env;
}

const asked = process.argv.slice(2).flatMap((name) => GROUPS[name] ?? [name]);
const unknown = asked.find((name) => !(name in STEPS));
if (unknown) {
	console.error(
		`There is no step "${unknown}". Steps: ${Object.keys({ ...STEPS, ...GROUPS }).join(', ')}.`
	);
	process.exit(1);
}
// The other engines are asked for by name (docs/decisions/0031-engines.md).
const everything = Object.keys(STEPS).filter((step) => !GROUPS.engines.includes(step));
const steps = asked.length > 0 ? asked : everything;
const env = await environment(steps);
mkdirSync(CACHE, { recursive: true });
let passed = 0;
let failed = 0;
const failures = [];
for (const step of steps) {
	const missing = missingFor(step);
	if (missing) {
		console.log(`\n== ${step} is skipped: it needs Debian's packages ${missing}`);
		continue;
	}
	if (REPORTS[step]) rmSync(REPORTS[step], { force: true });
	console.log(`\n== ${step}`);
	const ok = STEPS[step].every((command) =>
		run(command, { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: REPORTS[step] })
	);
	const told = summarize(step, ok);
	passed += told.passed;
	failed += told.failed;
	failures.push(...told.failures.map((failure) => `${step}: ${failure}`));
	if (!ok) console.log(`== ${step} failed`);
}
for (const failure of failures) console.log(`\n✗ ${failure}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
