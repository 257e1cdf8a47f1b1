/** A server process of its own, for tests that kill it: the real app, without pages. Says its port on the first line. */
import { readConfig } from '../../server/config.ts';
import { startHost } from '../../server/host.ts';
import { createLog } from '../../server/log.ts';
import { closeOnSignal } from '../../server/shutdown.ts';

const config = readConfig(process.env);
const log = createLog(config.logLevel);
const host = await startHost({
	config,
	log,
	pages: async () => ({ serve: (_request, response) => void response.writeHead(404).end() }),
	onBroken: () => process.exit(1)
});
closeOnSignal(host.close, log);
process.stdout.write(`${host.port}\n`);
