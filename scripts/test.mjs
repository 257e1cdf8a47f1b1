/**
 * Runs the steps that make up the tests: all of them, or those named on the command line. Goes on
 * after a failure, so that one run tells everything, and ends with one line that adds it all up.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from './browser.mjs';
import { CACHE, NODE, PATH, ROOT } from './paths.mjs';

const bin = (path) => join('node_modules', path);
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
		[bin('svelte-check/bin/svelte-check'), '--tsconfig', './tsconfig.json', '--fail-on-warnings']
	],
	lint: [[bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0']],
	format: [[PRETTIER, '--check', '--log-level', 'warn', '.']],
	vitest: [[VITEST, 'run']],
	build: [[bin('vite/bin/vite.js'), 'build', '--logLevel', 'warn']],
	browser: [[PLAYWRIGHT, 'test', '--project', 'chromium']],
	'browser-alone': [[PLAYWRIGHT, 'test', '--project', 'chromium alone']]
};
const GROUPS = { check: ['types', 'lint', 'format'], e2e: ['browser', 'browser-alone'] };
const REPORTS = {
	vitest: join(CACHE, 'vitest.json'),
	browser: join(CACHE, 'playwright.json'),
	'browser-alone': join(CACHE, 'playwright-alone.json')
};

function run(command, env) {
	return spawnSync(NODE, command, { cwd: ROOT, stdio: 'inherit', env }).status === 0;
}

/** @returns how many tests of a reporting step passed and failed, or null when it wrote no report */
function readReport(step) {
	const file = REPORTS[step];
	if (!file || !existsSync(file)) return null;
	const report = JSON.parse(readFileSync(file, 'utf8'));
	if (step === 'vitest') {
		return { passed: report.numPassedTests, failed: report.numFailedTests };
	}
	const { expected, flaky, unexpected } = report.stats;
	return { passed: expected + flaky, failed: unexpected };
}

function count(step, ok) {
	const told = readReport(step) ?? { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
	// A run can fail without a failing test, for example when a test file does not load.
	if (!ok && told.failed === 0) told.failed = 1;
	return told;
}

async function environment(steps) {
	const env = { ...process.env, PATH };
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
const steps = asked.length > 0 ? asked : Object.keys(STEPS);
const env = await environment(steps);
mkdirSync(CACHE, { recursive: true });
let passed = 0;
let failed = 0;
for (const step of steps) {
	if (REPORTS[step]) rmSync(REPORTS[step], { force: true });
	console.log(`\n== ${step}`);
	const ok = STEPS[step].every((command) =>
		run(command, { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: REPORTS[step] })
	);
	const told = count(step, ok);
	passed += told.passed;
	failed += told.failed;
	if (!ok) console.log(`== ${step} failed`);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
