/** The development host: `npm run dev`. The same app as in production, in front of Vite instead of a build. */
import { createServer as createVite } from 'vite';
import { environment, loadEnvFile, readConfig } from './config.ts';
import { crashOnUncaughtErrors } from './crash.ts';
import { reportStartupError, startHost } from './host.ts';
import { lanGreeting, lanHosts } from './lan.ts';
import { createLog } from './log.ts';
import { openLog } from './log-file.ts';
import { closeOnSignal } from './shutdown.ts';

const DEVELOPMENT_LEVEL = 'warn';

let log = createLog(DEVELOPMENT_LEVEL);
try {
	loadEnvFile();
	const config = readConfig({ LOG_LEVEL: DEVELOPMENT_LEVEL, ...environment() });
	log = await openLog(config);
	crashOnUncaughtErrors(log);
	const host = await startHost({
		config,
		log,
		async pages(server) {
			const vite = await createVite({
				server: {
					middlewareMode: true,
					ws: { server },
					// Numbers are let in by themselves; this is what home networks call a machine.
					...(config.lan ? { allowedHosts: ['.local'] } : {})
				},
				logLevel: 'warn'
			});
			return {
				serve: (request, response) => vite.middlewares(request, response),
				close: () => vite.close()
			};
		},
		onBroken: () => process.exit(1)
	});
	closeOnSignal(host.close, log);
	process.stdout.write(`Roost is ready on ${host.url}\n`);
	if (config.lan) process.stdout.write(lanGreeting(host.port, lanHosts()));
} catch (fault) {
	reportStartupError(fault, log);
	process.exit(1);
}
