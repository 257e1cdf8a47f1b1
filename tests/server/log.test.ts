/** What is written about requests, and where. */
import {
	chmodSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { ConfigError } from '../../server/config.ts';
import { createLog } from '../../server/log.ts';
import { openLogFile } from '../../server/log-file.ts';
import { asRequest, requestId } from '../../server/request-id.ts';
import { register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

describe('the id of a request', () => {
	let server: TestServer;
	beforeAll(async () => {
		server = await startServer();
	});
	afterAll(() => server.stop());

	it.each(['/api/health', '/api/nowhere', '/api/rooms', '/metrics', '/api/files/upload'])(
		'is in the answer of %s, and is not what the request says',
		async (path) => {
			const said = 'made-up-by-a-stranger';
			const ids = await Promise.all(
				[1, 2].map(async () => {
					const answer = await fetch(`${server.origin}${path}`, {
						headers: { 'x-request-id': said }
					});
					return answer.headers.get('x-request-id');
				})
			);
			expect(ids).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
			expect(ids[0]).not.toBe(ids[1]);
		}
	);

	it('is on the lines of the log that the request leaves, with a body, too', async () => {
		const ann = await register(server, 'log_ann');
		// The table is gone: whatever asks for it fails.
		const { default: Database } = await import('better-sqlite3');
		const db = new Database(join(server.dataDir, 'roost.sqlite'));
		db.exec('ALTER TABLE subscription RENAME TO subscription_away');
		const answer = await fetch(`${server.origin}/api/push/subscription`, {
			method: 'DELETE',
			headers: { cookie: ann.cookie, origin: server.origin, 'content-type': 'application/json' },
			body: JSON.stringify({ endpoint: 'https://push.example.org/x' })
		});
		db.exec('ALTER TABLE subscription_away RENAME TO subscription');
		db.close();
		expect(answer.status).toBe(503);
		const lines = server.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
		expect(lines.filter(({ msg }) => msg === 'a request failed')).toMatchObject([
			{ request: answer.headers.get('x-request-id'), doing: 'DELETE /api/push/subscription' }
		]);
	});
});

test('what is done inside of a request is part of it, and what is not has none', async () => {
	const seen: (string | undefined)[] = [];
	await asRequest(async () => {
		seen.push(requestId());
		await Promise.resolve();
		asRequest(() => seen.push(requestId()));
	});
	expect(seen[0]).toMatch(UUID);
	expect(seen[1]).toBe(seen[0]);
	expect(requestId()).toBeUndefined();
});

describe('the log in files', () => {
	const folder = mkdtempSync(join(tmpdir(), 'roost-log-'));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	const files = (sub: string) =>
		readdirSync(join(folder, sub)).sort((a, b) => numberOf(a) - numberOf(b));
	const numberOf = (name: string) => Number(name.split('.').at(-2));

	it('is whole, in order, its owner’s alone, and begun anew after 20 MB; six files stay', async () => {
		const log = createLog('info', await openLogFile(join(folder, 'deep/er/roost.log')));
		const text = 'x'.repeat(1_000_000);
		for (let n = 0; n < 160; n++) {
			log.info({ n, text }, 'said');
			// A file is changed in the turn after the one that filled it.
			await new Promise(setImmediate);
		}
		await vi.waitFor(() => expect(files('deep/er')).toHaveLength(6));
		const names = files('deep/er');
		expect(names.at(-1)).toMatch(/^roost\.\d+\.log$/u);
		for (const name of names) {
			const { size, mode } = statSync(join(folder, 'deep/er', name));
			expect(size).toBeLessThan(22_000_000);
			expect(mode & 0o777).toBe(0o600);
		}
		const numbers = names.flatMap((name) =>
			readFileSync(join(folder, 'deep/er', name), 'utf8')
				.split('\n')
				.filter(Boolean)
				.map((line) => (JSON.parse(line) as { n: number }).n)
		);
		expect(numbers.at(-1)).toBe(159);
		expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
	});

	it('goes on in the newest file after a restart', async () => {
		for (const n of [1, 2])
			createLog('info', await openLogFile(join(folder, 'again/roost.log'))).info({ n }, 'begun');
		expect(files('again')).toEqual(['roost.1.log']);
		expect(readFileSync(join(folder, 'again/roost.1.log'), 'utf8').split('\n')).toHaveLength(3);
	});

	it.each(['roost.txt', 'roost.prod.log', 'roost'])('is not named %s', async (name) => {
		await expect(openLogFile(join(folder, name))).rejects.toThrow('LOG_FILE');
	});

	it('says what is wrong when there is nowhere to write', async () => {
		const file = join(folder, 'a-file');
		writeFileSync(file, '');
		chmodSync(file, 0o400);
		await expect(openLogFile(join(file, 'roost.log'))).rejects.toThrow(ConfigError);
		await expect(openLogFile(join(file, 'roost.log'))).rejects.toThrow('LOG_FILE');
	});
});
