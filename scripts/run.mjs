/**
 * Runs a script with the project's own Node: `node scripts/run.mjs [node options] file [arguments]`.
 * Passes signals on and ends with the same exit code.
 */
import { spawn } from 'node:child_process';
import { findNode, pathWith, ROOT } from './paths.mjs';

const node = findNode();
if (!node) {
	console.error('The project needs its packages first. Run: npm run dev');
	process.exit(1);
}

const child = spawn(node, process.argv.slice(2), {
	cwd: ROOT,
	stdio: 'inherit',
	env: { ...process.env, PATH: pathWith(node) }
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => {
		// The terminal has already sent Ctrl-C to the whole group.
		if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
	});
}

child.on('error', (fault) => {
	console.error(
		`The project's Node could not be started (${fault.message}). Remove node_modules and run the command again.`
	);
	process.exit(1);
});
child.on('exit', (code, signal) => {
	if (signal) {
		process.removeAllListeners(signal);
		process.kill(process.pid, signal);
	} else {
		process.exit(code ?? 1);
	}
});
