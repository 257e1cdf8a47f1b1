/** A real store that speaks S3 (OpenStack Swift, of Debian) as a process of its own, on a free port. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { S3Place } from '../../server/files/file-ports.ts';

const SCRIPT = fileURLToPath(new URL('swift_s3.py', import.meta.url));
/** Debian's own Python, which sees Debian's packages. */
const PYTHON = '/usr/bin/python3';
const KEY = { accessKeyId: 'tests:roost', secretAccessKey: 'a-secret-of-the-tests' };

/** Whether this machine has it; else what to install. */
export const hasS3 =
	spawnSync(PYTHON, ['-c', 'import swift.common.middleware.s3api.s3api'], { stdio: 'ignore' })
		.status === 0;
export const S3_NEEDED = hasS3 ? '' : ' (skipped: needs python3-swift)';

export interface S3Server {
	/** a bucket that is there */
	config: S3Place;
	/** the same as environment of a server */
	env: Record<string, string>;
	/** Names of all objects in the bucket. */
	names(): Promise<string[]>;
	/** Freezes it: connections are taken, and nothing is answered. */
	freeze(on: boolean): void;
	/** Ends it; what it holds stays. */
	end(): Promise<void>;
	/** Starts it again, on the same port. */
	begin(): Promise<void>;
	/** Ends it and removes everything. */
	stop(): Promise<void>;
}

async function serve(folder: string, port: number): Promise<{ child: ChildProcess; port: number }> {
	const child = spawn(
		PYTHON,
		['-B', SCRIPT, folder, KEY.accessKeyId, KEY.secretAccessKey, String(port)],
		{ stdio: ['pipe', 'pipe', 'pipe'] }
	);
	let said = '';
	child.stderr.on('data', (data) => (said += String(data)));
	const first = await Promise.race([
		once(createInterface(child.stdout), 'line').then(([line]) => Number(line)),
		once(child, 'exit').then(() => null)
	]);
	if (first === null) throw new Error(`the S3 server did not start: ${said}`);
	return { child, port: first };
}

export async function startS3(): Promise<S3Server> {
	const folder = mkdtempSync(join(tmpdir(), 'roost-s3-'));
	let running = await serve(folder, 0);
	const { port } = running;
	const config: S3Place = {
		...{ endpoint: `http://127.0.0.1:${port}`, bucket: 'files', region: 'us-east-1', ...KEY },
		...{ pathStyle: true, prefix: 'roost/' }
	};
	const client = new S3Client({
		endpoint: config.endpoint!,
		...{ region: config.region, forcePathStyle: true, credentials: KEY }
	});
	await client.send(new CreateBucketCommand({ Bucket: config.bucket }));

	async function end(): Promise<void> {
		const { child } = running;
		if (child.exitCode !== null || child.signalCode !== null) return;
		const gone = once(child, 'exit');
		child.kill('SIGKILL');
		await gone;
	}
	return {
		config,
		env: {
			...{ S3_BUCKET: config.bucket, S3_ENDPOINT: config.endpoint!, S3_PREFIX: config.prefix },
			...{ S3_ACCESS_KEY_ID: KEY.accessKeyId, S3_SECRET_ACCESS_KEY: KEY.secretAccessKey }
		},
		async names() {
			const listed = await client.send(new ListObjectsV2Command({ Bucket: config.bucket }));
			return (listed.Contents ?? []).map(({ Key }) => Key!);
		},
		freeze: (on) => void running.child.kill(on ? 'SIGSTOP' : 'SIGCONT'),
		end,
		async begin() {
			running = await serve(folder, port);
		},
		async stop() {
			client.destroy();
			await end();
			rmSync(folder, { recursive: true, force: true });
		}
	};
}
