/** Reads what Vitest and Playwright wrote about a run: how many tests passed, and which failed and why. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from './paths.mjs';

/** How many lines of a failure's message are repeated at the end; the whole stands above. */
const REASON_LINES = 6;

const shorten = (message) =>
	stripVTControlCharacters(message ?? '')
		.trim()
		.split('\n')
		.slice(0, REASON_LINES)
		.join('\n    ');

function readVitest(report) {
	const failures = [];
	for (const file of report.testResults) {
		const name = relative(ROOT, file.name);
		const failed = file.assertionResults.filter((test) => test.status === 'failed');
		for (const test of failed) {
			failures.push(`${name} › ${test.fullName}\n    ${shorten(test.failureMessages[0])}`);
		}
		// A file that does not load has no tests that could fail.
		if (file.status === 'failed' && failed.length === 0) {
			failures.push(`${name}\n    ${shorten(file.message)}`);
		}
	}
	return { passed: report.numPassedTests, failed: report.numFailedTests, failures };
}

function* specsOf(suite) {
	yield* suite.specs ?? [];
	for (const inner of suite.suites ?? []) yield* specsOf(inner);
}

function readPlaywright(report) {
	const { expected, flaky, unexpected } = report.stats;
	const failures = report.errors.map((error) => shorten(error.message));
	for (const suite of report.suites) {
		for (const spec of specsOf(suite)) {
			if (spec.ok) continue;
			const error = spec.tests
				.flatMap((test) => test.results)
				.find((result) => result.error)?.error;
			failures.push(`${spec.file} › ${spec.title}\n    ${shorten(error?.message)}`);
		}
	}
	return { passed: expected, failed: unexpected + flaky, failures };
}

/**
 * @param {string} path of a JSON report of Vitest or Playwright
 * @returns {{ passed: number, failed: number, failures: string[] } | null} null where there is no report
 */
export function readReport(path) {
	if (!existsSync(path)) return null;
	const report = JSON.parse(readFileSync(path, 'utf8'));
	return 'testResults' in report ? readVitest(report) : readPlaywright(report);
}
