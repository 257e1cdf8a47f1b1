/** The production host: `npm start`. */
import { createAppHandler } from './app-handler.ts';
import { buildIfNeeded } from './build.ts';
import { environment, loadEnvFile, readConfig } from './config.ts';
import { crashOnUncaughtErrors } from './crash.ts';
import { reportStartupError, startHost } from './host.ts';
import { lanGreeting, lanHosts } from './lan.ts';
import { createLog } from './log.ts';
import { openLog } from './log-file.ts';
import { closeOnSignal } from './shutdown.ts';

let log = createLog('info');
try {
	loadEnvFile();
	const config = readConfig(environment());
	log = await openLog(config);
	crashOnUncaughtErrors(log);
	buildIfNeeded();
	const host = await startHost({
		config,
		log,
		pages: async () => ({ serve: await createAppHandler(config) }),
		onBroken: endAtOnce
	});
	closeOnSignal(host.close, log);
	process.stdout.write(`Roost is ready on ${host.url}\n`);
	if (config.lan) process.stdout.write(lanGreeting(host.port, lanHosts()));
} catch (fault) {
	reportStartupError(fault, log);
	process.exit(1);
}

function endAtOnce(): void {
	log.fatal('the disk cannot be trusted any more; ending before anything else is acknowledged');
	process.exit(1);
}
