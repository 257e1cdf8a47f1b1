/** The server's numbers: who may read them, that they are right, and that what watches them reads them. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { areaOf } from '../../server/metrics/measure.ts';
import { createMetrics } from '../../server/metrics/metrics.ts';
import { filing } from '../support/filing.ts';
import { freePort } from '../support/free-port.ts';
import { generalOf, newId, post, register } from '../support/person.ts';
import { hasPrometheus, PROMETHEUS_NEEDED, startPrometheus } from '../support/prometheus.ts';
import { startServer, type TestServer } from '../support/server.ts';

const MONITORING = fileURLToPath(new URL('../../docs/monitoring/', import.meta.url));
const TOKEN = 'a-token-of-this-test';

/** The numbers as they stand: name with labels -> value. */
async function read(origin: string, token: string | null = TOKEN): Promise<Map<string, number>> {
	const headers = token === null ? {} : { authorization: `Bearer ${token}` };
	const answer = await fetch(`${origin}/metrics`, { headers });
	expect(answer.status).toBe(200);
	const lines = (await answer.text()).split('\n').filter((line) => /^[a-z]/u.test(line));
	return new Map(
		lines.map((line) => {
			const at = line.lastIndexOf(' ');
			return [line.slice(0, at), Number(line.slice(at + 1))];
		})
	);
}

describe('/metrics', () => {
	let server: TestServer;
	let port: number;
	beforeAll(async () => {
		port = await freePort();
		server = await startServer({ METRICS_TOKEN: TOKEN, METRICS_PORT: String(port) });
	});
	afterAll(() => server.stop());

	const metrics = (path = '/metrics', authorization?: string, origin = server.origin) =>
		fetch(`${origin}${path}`, { headers: authorization ? { authorization } : {} });

	it.each([
		['nothing', undefined],
		['another token', 'Bearer something-else-here'],
		['the token alone', TOKEN],
		['a longer one', `Bearer ${TOKEN}!`],
		['another scheme', `Basic ${TOKEN}`]
	])('tells nothing to whoever brings %s, on neither port', async (_what, authorization) => {
		for (const origin of [server.origin, `http://127.0.0.1:${port}`]) {
			const answer = await metrics('/metrics', authorization, origin);
			expect(answer.status).toBe(401);
			expect(await answer.text()).not.toContain('roost_');
		}
	});

	it('has nothing else on the port of its own', async () => {
		const answer = await metrics('/api/health', `Bearer ${TOKEN}`, `http://127.0.0.1:${port}`);
		expect(answer.status).toBe(404);
	});

	it('counts what happens: people, sockets, messages, refusals, commits, uploads, requests', async () => {
		const ann = await register(server, 'metric_ann');
		const link = await ann.link();
		const room = await generalOf(link);
		const said = { ...post(room, 'one'), at: Date.now() };
		const edited = {
			kind: 'message.edit' as const,
			id: newId(),
			room,
			message: said.id,
			body: 'two',
			at: Date.now()
		};
		const lost = { ...post(newId(), 'nowhere'), at: Date.now() };
		await link.request('acts', { acts: [said, edited, lost] });
		await link.request('pull', { streams: [{ id: room, cursor: null }] });
		const files = filing(() => server);
		await files.handIn(ann, randomBytes(2_000));
		await files.handIn(ann, randomBytes(100), { sha256: 'f'.repeat(64) });
		await fetch(`${server.origin}/api/nowhere`);
		await vi.waitFor(async () => {
			const now = await read(server.origin);
			expect(now.get('roost_people_online')).toBe(1);
			expect(now.get('roost_sockets{api="app"}')).toBe(1);
			expect(now.get('roost_sockets{api="compat"}')).toBe(0);
			expect(now.get('roost_messages_total')).toBe(1);
			expect(now.get('roost_acts_total{result="accepted"}')).toBe(2);
			expect(now.get('roost_acts_total{result="no_such_room"}')).toBe(1);
			expect(now.get('roost_request_seconds_count{name="acts",result="ok"}')).toBe(1);
			expect(now.get('roost_commit_acts_count')).toBeGreaterThan(0);
			expect(now.get('roost_commit_seconds_count')).toBe(now.get('roost_commit_acts_count'));
			expect(now.get('roost_fan_out_seconds_count{api="app"}')).toBeGreaterThan(0);
			expect(now.get('roost_catch_up_rows_count')).toBe(1);
			expect(now.get('roost_uploads_total{result="stored"}')).toBe(1);
			expect(now.get('roost_uploads_total{result="file_damaged"}')).toBe(1);
			expect(now.get('roost_upload_bytes_sum')).toBe(2_000);
			expect(now.get('roost_http_request_seconds_count{area="app",status="4xx"}')).toBeGreaterThan(
				0
			);
			expect(now.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
		});
		link.close();
		await vi.waitFor(async () => {
			expect((await read(server.origin)).get('roost_sockets{api="app"}')).toBe(0);
		});
	});

	it('names nobody and no room', async () => {
		const ann = await register(server, 'metric_secret');
		const link = await ann.link();
		await link.request('acts', { acts: [{ ...post(newId(), 'hush'), at: Date.now() }] });
		link.close();
		const text = [...(await read(server.origin)).keys()].join('\n');
		expect(text).not.toMatch(/metric_|hush|[0-9a-f]{8}-[0-9a-f]{4}|127\.0\.0\.1/u);
	});

	it('is the same on both ports', async () => {
		const names = async (origin: string) => [...(await read(origin)).keys()].filter(isOurs);
		expect(await names(`http://127.0.0.1:${port}`)).toEqual(await names(server.origin));
	});
});

const isOurs = (name: string): boolean => name.startsWith('roost_') && !name.includes('_http_');

test('without a token and a port nothing is told, and the cure is', async () => {
	const server = await startServer();
	const answer = await fetch(`${server.origin}/metrics`);
	expect([answer.status, await answer.text()]).toEqual([
		404,
		expect.stringContaining('METRICS_TOKEN')
	]);
	await server.stop();
});

test('a port that another program has is named', async () => {
	const server = await startServer();
	await expect(startServer({ METRICS_PORT: String(server.port) })).rejects.toThrow(
		`Port ${server.port} is in use by another program. Stop it, or choose another port: METRICS_PORT`
	);
	await server.stop();
});

it.each([
	['/socket.io/?EIO=4', 'socket'],
	['/api/files/upload/abc', 'upload'],
	['/api/files/abc/small', 'file'],
	['/api/sync/acts', 'app'],
	['/api/rooms/x', 'compat'],
	['/uploads/x', 'compat'],
	['/_app/immutable/x.js', 'asset'],
	['/rooms/x?y', 'page'],
	['/apix', 'page'],
	[undefined, 'page']
])('%s is counted as %s', (url, area) => {
	expect(areaOf(url)).toBe(area);
});

describe('what watches it', () => {
	const known = () => {
		const metrics = createMetrics(true);
		metrics.watch({
			sockets: () => ({ app: 0, compat: 0 }),
			peopleOnline: () => 0,
			isRedisUp: () => true
		});
		return metrics.registry
			.getMetricsAsArray()
			.flatMap(({ name }) => [name, `${name}_bucket`, `${name}_count`, `${name}_sum`]);
	};

	it.each(['alerts.yml', 'grafana.json'])('%s asks for numbers that there are', (file) => {
		const text = readFileSync(`${MONITORING}${file}`, 'utf8');
		const asked = text.match(/\b(roost|nodejs|process)_[a-z0-9_]+/gu) ?? [];
		expect(asked.length).toBeGreaterThan(5);
		expect(asked.filter((name) => !known().includes(name))).toEqual([]);
	});

	describe.skipIf(!hasPrometheus)(`Prometheus${PROMETHEUS_NEEDED}`, () => {
		it('takes the rules and the configuration', () => {
			for (const [what, file] of [
				['rules', 'alerts.yml'],
				['config', 'prometheus.yml']
			]) {
				const checked = spawnSync('promtool', ['check', what!, `${MONITORING}${file}`], {
					encoding: 'utf8'
				});
				expect(checked.stdout + checked.stderr).toContain('SUCCESS');
				expect(checked.status).toBe(0);
			}
		});

		it('reads them, and understands what every panel asks', async () => {
			const server = await startServer({ METRICS_TOKEN: TOKEN });
			const prometheus = await startPrometheus(`127.0.0.1:${server.port}`, TOKEN);
			const ann = await register(server, 'metric_scraped');
			const link = await ann.link();
			const room = await generalOf(link);
			await link.request('acts', { acts: [{ ...post(room, 'one'), at: Date.now() }] });
			await vi.waitFor(
				async () => {
					expect(await prometheus.query('roost_messages_total')).toMatchObject([{ value: 1 }]);
					expect(await prometheus.query('up{job="roost"}')).toMatchObject([{ value: 1 }]);
				},
				{ timeout: 30_000, interval: 200 }
			);
			const { panels } = JSON.parse(readFileSync(`${MONITORING}grafana.json`, 'utf8')) as {
				panels: { targets: { expr: string }[] }[];
			};
			for (const { expr } of panels.flatMap(({ targets }) => targets)) {
				await prometheus.query(expr);
			}
			link.close();
			await prometheus.stop();
			await server.stop();
		});
	});
});
