/** The development host: `npm run dev`. The same app as in production, in front of Vite instead of a build. */
import { createServer as createVite } from 'vite';
import { loadEnvFile, readConfig } from './config.ts';
import { explainStart, startHost } from './host.ts';
import { createLog } from './log.ts';
import { closeOnSignal } from './shutdown.ts';

const DEVELOPMENT_LEVEL = 'warn';

let log = createLog(DEVELOPMENT_LEVEL);
try {
	loadEnvFile();
	const config = readConfig({ LOG_LEVEL: DEVELOPMENT_LEVEL, ...process.env });
	log = createLog(config.logLevel);
	const host = await startHost({
		config,
		log,
		async pages(server) {
			const vite = await createVite({
				server: { middlewareMode: true, ws: { server } },
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
} catch (fault) {
	explainStart(fault, log);
	process.exit(1);
}
