/** What the admin pages look at, put together. */
import type { Config } from './config.ts';
import { freeSpace, sqliteSize } from './disk-sizes.ts';
import type { ServerSettingsStore } from './domain/admin-port.ts';
import type { Clock } from './domain/ports.ts';
import type { Administration } from './http/context.ts';
import type { Log } from './log.ts';
import { startHistory } from './metrics/history.ts';
import type { LiveNumbers, Metrics } from './metrics/metrics.ts';
import { indexFileIn } from './search/index-file.ts';
import { createAdminReads } from './store/sql/admin-reads.ts';
import type { Storage } from './storage.ts';

interface AdministrationOptions {
	config: Config;
	log: Log;
	clock: Clock;
	storage: Pick<Storage, 'database' | 'size'>;
	metrics: Metrics;
	live: LiveNumbers;
	online: Administration['online'];
	settings: ServerSettingsStore;
	relay: Administration['relay'];
}

/** Begins to take the server's numbers. `stop` ends it. */
export function startAdministration({
	config,
	log,
	clock,
	storage,
	metrics,
	live,
	online,
	settings,
	relay
}: AdministrationOptions): { administration: Administration; stop: () => void } {
	const history = startHistory({
		...{ metrics, live, clock },
		onError: (error) => log.error({ err: error }, 'the numbers were not sampled')
	});
	const { dataDir, indexDir, filesPerPerson, filesTotal } = config;
	const indexFile = indexFileIn(indexDir);
	const administration: Administration = {
		reads: createAdminReads(storage.database),
		settings,
		online,
		relay,
		numbers: (since) => history.since(since),
		disk: async () => ({
			database: await storage.size(),
			index: await sqliteSize(indexFile),
			free: await freeSpace(dataDir)
		}),
		quota: { person: filesPerPerson, all: filesTotal }
	};
	return { administration, stop: () => history.stop() };
}
