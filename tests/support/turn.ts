/** A relay of the tests' own: Debian's coturn, on a free port of this machine. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = '/usr/bin/turnserver';
/** Why tests with a relay do not run here; null: they do. */
export const NO_TURN = existsSync(PROGRAM)
	? null
	: `Debian's coturn is missing (${PROGRAM}): tests with a relay are skipped`;

export interface Relay {
	url: string;
	secret: string;
	stop(): Promise<void>;
}

async function freeUdpPort(): Promise<number> {
	const socket = createSocket('udp4');
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	const { port } = socket.address();
	socket.close();
	await once(socket, 'close');
	return port;
}

/** Resolves once something answers a STUN question on this port. */
async function answers(port: number): Promise<void> {
	const socket = createSocket('udp4');
	const question = Buffer.from('000100002112a442000000000000000000000000', 'hex');
	const asking = setInterval(() => socket.send(question, port, '127.0.0.1'), 50);
	await once(socket, 'message');
	clearInterval(asking);
	socket.close();
}

/** Starts it; resolves once it listens. @param more further arguments */
export async function startRelay(...more: string[]): Promise<Relay> {
	const port = await freeUdpPort();
	const secret = 'a secret of the tests only';
	const folder = mkdtempSync(join(tmpdir(), 'roost-turn-'));
	const args = [
		...['-n', '--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=roost.test'],
		...['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`],
		...['--no-tls', '--no-dtls', '--no-cli', '--allow-loopback-peers', '--log-file=stdout'],
		...[`--pidfile=${join(folder, 'pid')}`, `--userdb=${join(folder, 'db')}`, ...more]
	];
	const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe'] });
	const said: string[] = [];
	for (const output of [child.stdout, child.stderr]) {
		output.on('data', (part: Buffer) => void said.push(part.toString()));
	}
	const died = once(child, 'exit').then(() => {
		throw new Error(`the relay did not start: ${said.join('')}`);
	});
	await Promise.race([answers(port), died]);
	died.catch(() => undefined);
	return {
		url: `turn:127.0.0.1:${port}`,
		secret,
		async stop() {
			const gone = once(child, 'exit');
			child.kill('SIGKILL');
			await gone;
			rmSync(folder, { recursive: true, force: true });
		}
	};
}
