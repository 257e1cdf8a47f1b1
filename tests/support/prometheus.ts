/** A real Prometheus (of Debian) as a process of its own, on a free port. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

const found = (program: string) =>
	spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
export const hasPrometheus = found('prometheus') && found('promtool');
/** What a test that needs it is called by besides its name. */
export const PROMETHEUS_NEEDED = hasPrometheus ? '' : ' (skipped: needs prometheus)';

export interface Prometheus {
	/** The value of an expression for each set of labels that it has one for. */
	query(expression: string): Promise<{ metric: Record<string, string>; value: number }[]>;
	stop(): Promise<void>;
}

/** @param target host and port @param token what /metrics wants to be shown */
export async function startPrometheus(target: string, token: string): Promise<Prometheus> {
	const folder = mkdtempSync(join(tmpdir(), 'roost-prometheus-'));
	const port = await freePort();
	const config = {
		global: { scrape_interval: '250ms', scrape_timeout: '250ms' },
		scrape_configs: [
			{
				job_name: 'roost',
				authorization: { credentials: token },
				static_configs: [{ targets: [target] }]
			}
		]
	};
	// Every JSON text is a YAML text.
	writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
	const child = spawn(
		'prometheus',
		[
			`--config.file=${join(folder, 'prometheus.yml')}`,
			`--storage.tsdb.path=${join(folder, 'data')}`,
			`--web.listen-address=127.0.0.1:${port}`
		],
		{ stdio: 'ignore' }
	);
	const gone = once(child, 'exit');
	return {
		async query(expression) {
			const asked = new URLSearchParams({ query: expression });
			const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?${asked}`);
			const { data } = (await answer.json()) as {
				data: { result: { metric: Record<string, string>; value: [number, string] }[] };
			};
			return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
		},
		async stop() {
			child.kill();
			await gone;
			rmSync(folder, { recursive: true, force: true });
		}
	};
}
