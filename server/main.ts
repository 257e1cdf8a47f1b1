/** The production host: `npm start`. */
import { buildIfNeeded } from './build.ts';
import { loadEnvFile, readConfig } from './config.ts';
import { explainStart, startHost } from './host.ts';
import { createLog } from './log.ts';
import { createPages } from './pages.ts';
import { closeOnSignal } from './shutdown.ts';

let log = createLog('info');
try {
	loadEnvFile();
	const config = readConfig(process.env);
	log = createLog(config.logLevel);
	buildIfNeeded();
	const host = await startHost({
		config,
		log,
		pages: async () => ({ serve: await createPages(config) }),
		onBroken: endAtOnce
	});
	closeOnSignal(host.close, log);
	process.stdout.write(`Roost is ready on ${host.url}\n`);
} catch (fault) {
	explainStart(fault, log);
	process.exit(1);
}

function endAtOnce(): void {
	log.fatal('the disk cannot be trusted any more; ending before anything else is acknowledged');
	process.exit(1);
}
