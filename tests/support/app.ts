/** The whole app as it ships: server/main.ts with the production build, as a process of its own. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What Node has made of the sources: it need not do so at each start. */
const COMPILED = join(ROOT, 'node_modules', '.cache', 'compiled');
const SLOW_CLOCK = new URL('slow-clock.ts', import.meta.url).href;

export interface AppOptions {
	/** ports on this machine from which browsers come besides its own: proxies */
	doors?: number[];
	/** folder of its sources */
	root?: string;
	/** hosts with port that pushes may be sent to besides the known services */
	pushHosts?: string;
	/** more of its environment, read when it starts */
	env?: Record<string, string>;
	/** ms since 1970: where its clock begins, which then hardly moves (slow-clock.ts) */
	clock?: number;
}

export interface RunningApp {
	origin: string;
	port: number;
	/** Kills the process as a power cut would; the data stay. */
	kill(): Promise<void>;
	/** Starts it again on the same port and data. */
	restart(): Promise<void>;
	/** Puts another release, from the folder of its sources, in its place. */
	deploy(root: string): Promise<void>;
	/** What `npm run admin -- ...` prints, run beside it. */
	admin(...args: string[]): string;
	/** Ends it and removes its data. */
	stop(): Promise<void>;
}

async function run(root: string, env: Record<string, string>): Promise<ChildProcess> {
	const preload = env['ROOST_CLOCK'] === undefined ? [] : ['--import', SLOW_CLOCK];
	const child = spawn(process.execPath, [...preload, join(root, 'server', 'main.ts')], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: {
			...process.env,
			NODE_COMPILE_CACHE: COMPILED,
			...env,
			RATE_LIMITS: 'off',
			LOG_LEVEL: 'error'
		}
	});
	let said = '';
	child.stderr.on('data', (chunk) => (said += String(chunk)));
	const lines = createInterface(child.stdout);
	const ready = new Promise<boolean>((resolve) => {
		lines.on('line', (line) => {
			said += `${line}\n`;
			if (line.includes('is ready')) resolve(true);
		});
		child.once('exit', () => resolve(false));
	});
	if (!(await ready)) throw new Error(`the app did not start: ${said}`);
	return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const gone = once(child, 'exit');
	child.kill(signal);
	await gone;
}

/** Starts the app with an empty data folder; resolves once it answers. */
export async function startApp({
	doors = [],
	root = ROOT,
	pushHosts,
	env: more = {},
	clock
}: AppOptions = {}): Promise<RunningApp> {
	const port = await freePort();
	const data = mkdtempSync(join(tmpdir(), 'roost-e2e-'));
	const origins = [port, ...doors].map((door) => `http://localhost:${door}`);
	const env = {
		...more,
		PORT: String(port),
		DATA_DIR: data,
		...(pushHosts === undefined ? {} : { PUSH_HOSTS: pushHosts }),
		...(clock === undefined ? {} : { ROOST_CLOCK: String(clock) }),
		...(doors.length > 0 ? { ORIGIN: origins.join(',') } : {})
	};
	let child = await run(root, env);
	const startAgain = async (): Promise<void> => {
		await end(child, 'SIGKILL');
		child = await run(root, env);
	};
	return {
		origin: `http://localhost:${port}`,
		port,
		kill: () => end(child, 'SIGKILL'),
		restart: startAgain,
		async deploy(other) {
			root = other;
			await startAgain();
		},
		admin: (...args) =>
			execFileSync(process.execPath, [join(root, 'server/admin/admin-command.ts'), ...args], {
				env: { ...process.env, ...env },
				encoding: 'utf8'
			}),
		async stop() {
			await end(child, 'SIGTERM');
			rmSync(data, { recursive: true, force: true });
		}
	};
}
