/** The programs that WebKit needs here: a screen in memory, and a driver with a session bus of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

/** ms between two looks whether something has begun or ended. */
const LOOK_AGAIN = 50;
/** ms after which what was asked to end is ended by force. */
const PATIENCE = 30_000;

/** A program that runs, and all that it has started. */
export interface Running {
	/** Ends it with all that it has started. */
	stop(): Promise<void>;
}

/** A screen in memory. */
export interface Screen extends Running {
	/** its name for the programs that draw on it */
	display: string;
}

/** A WebDriver that listens. */
export interface Driver extends Running {
	/** address of its commands */
	address: string;
}

/** Sends a signal to the processes of a group: they were started by the one whose id is its name. */
function signalGroup(group: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-group, signal);
	} catch (error) {
		// None of them is left.
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

/** @param end what says that it has ended: `close` comes when all that it has said was heard, too */
function stopper(child: ChildProcess, end: 'exit' | 'close'): () => Promise<void> {
	const group = child.pid;
	if (group === undefined) throw new Error(`${child.spawnfile} did not start`);
	const gone = once(child, end);
	return async () => {
		signalGroup(group, 'SIGTERM');
		const limit = new AbortController();
		await Promise.race([gone, wait(PATIENCE, null, { signal: limit.signal }).catch(() => null)]);
		limit.abort();
		signalGroup(group, 'SIGKILL');
		await gone;
	};
}

/** A screen of 1280 × 900 on which nothing else draws. */
export async function startScreen(): Promise<Screen> {
	// It chooses its number by itself and tells it on the third channel.
	const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24'], {
		detached: true,
		stdio: ['ignore', 'ignore', 'ignore', 'pipe']
	});
	const stop = stopper(child, 'exit');
	const ended = once(child, 'exit').then(() => null);
	const told = once(createInterface(child.stdio[3] as NodeJS.ReadableStream), 'line');
	const number = await Promise.race([told.then(([line]) => String(line)), ended]);
	if (number === null) throw new Error('Xvfb did not start');
	return { display: `:${number}`, stop };
}

/**
 * Starts WebKit's driver; the browsers that it starts draw on `screen`.
 * @param hear is told each line that they say
 */
export async function startDriver(screen: Screen, hear: (line: string) => void): Promise<Driver> {
	const port = await freePort();
	const address = `http://127.0.0.1:${port}`;
	const program = ['--', 'WebKitWebDriver', '--host=127.0.0.1', `--port=${port}`];
	const child = spawn('dbus-run-session', program, {
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			...process.env,
			DISPLAY: screen.display,
			LANG: 'C.UTF-8',
			// There is no graphics card, and nobody asks for what a screen reader would be told.
			WEBKIT_SKIA_ENABLE_CPU_RENDERING: '1',
			NO_AT_BRIDGE: '1',
			GTK_A11Y: 'none'
		}
	});
	const stop = stopper(child, 'close');
	for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', hear);
	for (;;) {
		if (child.exitCode !== null) throw new Error('WebKitWebDriver did not start');
		// Until it listens nobody answers.
		const answer = await fetch(`${address}/status`).catch(() => null);
		if (answer?.ok) return { address, stop };
		await wait(LOOK_AGAIN);
	}
}
