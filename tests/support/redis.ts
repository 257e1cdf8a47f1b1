/** A Redis of a test's own: Debian's, on a free port, with nothing on disk. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { freePort } from './free-port.ts';

/** Where Debian puts it. */
const PROGRAM = '/usr/bin/redis-server';

/** Why tests of several servers are skipped; null: they are not. In CI it has to be there. */
export const WHY_NO_REDIS: string | null =
	existsSync(PROGRAM) || process.env.CI
		? null
		: `no ${PROGRAM}: install Debian's package "redis-server"`;

export interface TestRedis {
	port: number;
	/** Sends it a signal: SIGSTOP has it say nothing, SIGCONT go on. */
	signal(signal: NodeJS.Signals): void;
	/** Ends it; everything in it is gone. */
	stop(): Promise<void>;
	/** Starts it again on the same port, empty. */
	start(): Promise<void>;
}

/** Resolves when it lets clients in. */
async function run(port: number): Promise<ChildProcess> {
	const options = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', '--dir', tmpdir()];
	const child = spawn(PROGRAM, ['--port', String(port), ...options], {
		stdio: ['ignore', 'pipe', 'ignore']
	});
	let told = '';
	await new Promise<void>((resolve, reject) => {
		child.stdout.on('data', (part: Buffer) => {
			told += String(part);
			if (told.includes('Ready to accept connections')) resolve();
		});
		child.once('exit', () => reject(new Error(`Redis ended: ${told}`)));
	});
	return child;
}

export async function startRedis(): Promise<TestRedis> {
	const port = await freePort();
	let child = await run(port);
	const kill = () => child.kill('SIGKILL');
	process.once('exit', kill);
	return {
		port,
		signal: (signal) => void child.kill(signal),
		async stop() {
			if (child.exitCode !== null || child.signalCode !== null) return;
			const gone = once(child, 'exit');
			kill();
			await gone;
		},
		async start() {
			child = await run(port);
		}
	};
}
