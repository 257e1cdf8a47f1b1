/** Servers as processes of their own, and what the operating system knows about them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Clock ticks a second in /proc: fixed at 100 for programs by Linux (USER_HZ). */
const TICKS = 100;

/** A server under load. */
export interface Measured {
	port: number;
	/** CPU seconds that the process has used, all threads, in the kernel and outside */
	cpu(): number;
	/** Bytes that the process still holds after everything it does not need was collected. */
	memory(): Promise<number>;
	/** Ends it and waits until it is gone. */
	stop(): Promise<void>;
}

/** A data folder on the real disk, which the system's folder for temporary files may not be. */
export function dataFolder(): { path: string; remove(): void } {
	const parent = join(ROOT, 'node_modules', '.cache', 'bench');
	mkdirSync(parent, { recursive: true });
	const path = mkdtempSync(join(parent, 'data-'));
	return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function statOf(pid: number): string[] {
	const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
	// The second field is the name in brackets, which may hold blanks.
	return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Speaks to the process's inspector, which costs the process nothing as long as nobody is connected to it. */
async function heldMemory(inspector: string): Promise<number> {
	const socket = new WebSocket(inspector);
	await once(socket, 'open');
	let count = 0;
	async function command(method: string, params: object = {}): Promise<unknown> {
		const id = ++count;
		socket.send(JSON.stringify({ id, method, params }));
		for (;;) {
			const [data] = (await once(socket, 'message')) as [Buffer];
			const said = JSON.parse(data.toString('utf8')) as { id?: number; result?: unknown };
			if (said.id === id) return said.result;
		}
	}
	await command('HeapProfiler.collectGarbage');
	const expression = `(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())`;
	const answer = await command('Runtime.evaluate', { expression, returnByValue: true });
	socket.terminate();
	return (answer as { result: { value: number } }).result.value;
}

async function start(
	file: string,
	env: Record<string, string>,
	ready: RegExp,
	flags: string[] = []
): Promise<Measured> {
	if (process.platform !== 'linux') {
		throw new Error(
			'This figure is read from /proc, which only Linux has. Run it on Linux, or another one with --only.'
		);
	}
	const child: ChildProcess = spawn(
		process.execPath,
		['--inspect=127.0.0.1:0', ...flags, join(ROOT, file)],
		{
			cwd: ROOT,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, NODE_ENV: 'production', ...env }
		}
	);
	const gone = once(child, 'exit');
	let inspector = '';
	createInterface(child.stderr!).on('line', (text) => {
		const found = /^Debugger listening on (ws:\S+)/.exec(text);
		if (found) inspector = found[1]!;
		else if (!/^(For help, see|Debugger )/.test(text)) process.stderr.write(`${text}\n`);
	});
	const port = await new Promise<number>((resolve, reject) => {
		createInterface(child.stdout!).on('line', (text) => {
			const found = ready.exec(text);
			if (found) resolve(Number(found[1]));
		});
		child.once('exit', () => reject(new Error(`${file} ended before it was ready`)));
	});
	const pid = child.pid!;
	return {
		port,
		cpu() {
			const stat = statOf(pid);
			return (Number(stat[11]) + Number(stat[12])) / TICKS;
		},
		memory: () => heldMemory(inspector),
		async stop() {
			child.kill('SIGTERM');
			await gone;
		}
	};
}

/** The server as it ships, on this data folder. */
export function startRoost(dataDir: string, env: Record<string, string> = {}): Promise<Measured> {
	const profile = process.env.BENCH_PROFILE;
	const flags = profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [];
	const own = { DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1', DATABASE_URL: '', ORIGIN: '' };
	const all = { ...own, RATE_LIMITS: 'off', LOG_LEVEL: 'error', ...env };
	return start('server/main.ts', all, /is ready on http:\/\/[^:]+:(\d+)/, flags);
}

/** The yardstick: Socket.IO and nothing else. */
export function startBare(): Promise<Measured> {
	return start('tests/bench/bare-server.ts', {}, /^(\d+)$/);
}
