/** Starts a server as a process of its own and ends it in any way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVE = fileURLToPath(new URL('serve.ts', import.meta.url));

export interface ServerProcess {
	origin: string;
	port: number;
	/** Sends it a signal that does not end it: SIGSTOP freezes it, SIGCONT has it go on. */
	signal(signal: NodeJS.Signals): void;
	/** Ends it by this signal and waits until it is gone; the answer is its exit code, if it had one. */
	end(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Resolves once the server answers; rejects with what it said when it ends before that.
 * @param env its environment besides this process's own
 */
export async function startProcess(env: Record<string, string>): Promise<ServerProcess> {
	const child = spawn(process.execPath, [SERVE], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, RATE_LIMITS: 'off', LOG_LEVEL: 'error', ...env }
	});
	let said = '';
	child.stderr.on('data', (data) => (said += String(data)));
	const gone = once(child, 'exit') as Promise<[number | null]>;
	const port = await Promise.race([
		once(createInterface(child.stdout), 'line').then(([line]) => Number(line)),
		gone.then(() => null)
	]);
	if (port === null || Number.isNaN(port)) throw new Error(`the server did not start: ${said}`);
	child.stdout.resume();
	return {
		port,
		origin: `http://127.0.0.1:${port}`,
		signal: (signal) => void child.kill(signal),
		async end(signal) {
			child.kill(signal);
			const [code] = await gone;
			return code;
		}
	};
}
