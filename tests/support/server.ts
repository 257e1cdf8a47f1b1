/** The real server on a free port, in this process, with a data folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../server/config.ts';
import { startHost } from '../../server/host.ts';
import { createLog } from '../../server/log.ts';

export interface TestServer {
	/** the origin of its pages, and where to reach it */
	origin: string;
	port: number;
	dataDir: string;
	/** what it has written to its log */
	lines: string[];
	/** faults that would have ended the process */
	broken: unknown[];
	/** Closes it and removes its data. */
	stop(): Promise<void>;
}

/** @param env what differs from a server with no limits on 127.0.0.1 */
export async function startServer(env: Record<string, string> = {}): Promise<TestServer> {
	const dataDir = env.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'roost-test-'));
	const lines: string[] = [];
	const broken: unknown[] = [];
	const config = readConfig({ PORT: '0', DATA_DIR: dataDir, RATE_LIMITS: 'off', ...env });
	const host = await startHost({
		config,
		log: createLog(env.LOG_LEVEL ?? 'debug', { write: (line) => void lines.push(line) }),
		pages: async () => ({ serve: (_request, response) => void response.writeHead(404).end() }),
		onBroken: (fault) => void broken.push(fault)
	});
	return {
		origin: config.origins?.[0] ?? `http://127.0.0.1:${host.port}`,
		port: host.port,
		dataDir,
		lines,
		broken,
		async stop() {
			await host.close();
			if (!env.DATA_DIR) rmSync(dataDir, { recursive: true, force: true });
		}
	};
}
