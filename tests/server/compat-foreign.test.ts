/** A client that nobody here has written, against the server as a process of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../support/process.ts';

const SCRIPT = fileURLToPath(new URL('../compat/foreign_client.py', import.meta.url));
/** Debian's own Python, which sees Debian's packages; others may be first on the path. */
const PYTHON = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
const isThere =
	spawnSync(PYTHON, ['-c', 'import requests, socketio, websocket'], { stdio: 'ignore' }).status ===
	0;
/** ms that its whole walk may take. */
const WITHIN = 90_000;
const NEEDED = 'python3-requests, python3-socketio and python3-websocket';

const STEPS = [
	'register',
	'sign in',
	'rooms and a private room with its password',
	'sockets by token, over polling and WebSocket',
	'live messages both ways',
	'typing',
	'errors leave the connection alone',
	'history in three forms',
	'uploads',
	'a new picture is told',
	'people',
	'friends',
	'direct messages',
	'coming back',
	'edits and recalls',
	'leaving and signing out',
	'end'
];

describe(`a foreign client${isThere ? '' : ` (skipped: needs ${NEEDED})`}`, () => {
	it.skipIf(!isThere)('of requests and python-socketio finds everything as promised', async () => {
		const dataDir = mkdtempSync(join(tmpdir(), 'roost-foreign-'));
		const server = await startProcess({ PORT: '0', DATA_DIR: dataDir });
		try {
			const child = spawn(PYTHON, [SCRIPT, server.origin], {
				env: { PATH: process.env.PATH ?? '' },
				timeout: WITHIN
			});
			let said = '';
			child.stdout.on('data', (data) => (said += String(data)));
			child.stderr.on('data', (data) => (said += String(data)));
			const [code] = (await once(child, 'close')) as [number | null];
			const done = said
				.split('\n')
				.filter((line) => line.startsWith('ok '))
				.map((line) => line.slice(3));
			expect(done, said).toEqual(STEPS);
			expect(code).toBe(0);
		} finally {
			await server.end('SIGTERM');
			rmSync(dataDir, { recursive: true, force: true });
		}
	});
});
