/** Finds the programs by which the browser tests run in Firefox and in WebKit. Neither is fetched: Debian has both. */
import { spawnSync } from 'node:child_process';

/** A program that may need its time on a busy machine. */
const LIMIT_MS = 60_000;

/** What runs where all that an engine needs is there. */
const ENGINES = {
	firefox: {
		packages: 'firefox-esr',
		commands: [[process.env.ROOST_FIREFOX ?? 'firefox-esr', '--version']]
	},
	webkit: {
		packages: 'webkit2gtk-driver gir1.2-webkit2-4.1 python3-gi xvfb dbus',
		commands: [
			['WebKitWebDriver', '--help'],
			['dbus-run-session', '--version'],
			['Xvfb', '-help'],
			['/usr/bin/python3', '-c', 'import gi; gi.require_version("WebKit2", "4.1")']
		]
	}
};

function runs([program, ...args]) {
	return spawnSync(program, args, { timeout: LIMIT_MS, stdio: 'ignore' }).status === 0;
}

/**
 * @param {string} step of scripts/test.mjs
 * @returns {string | null} the packages that have to be installed before it can run; null: it can
 */
export function missingFor(step) {
	const engine = ENGINES[step];
	return !engine || engine.commands.every(runs) ? null : engine.packages;
}
