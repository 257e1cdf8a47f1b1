/** The log in files of limited size, beside standard output. */
import { parse, join } from 'node:path';
import roll from 'pino-roll';
import { ConfigError, type Config } from './config.ts';
import { alsoTo, createLog, type Log } from './log.ts';

/** Size at which a file is closed and the next one begun, and how many stay: 120 MB in all. */
const SIZE = '20m';
const KEPT = 6;
/** Bytes of lines that wait for a disk that does not take them; what comes after them is dropped. */
const WAITING_MAX = 8_000_000;
/** Logs tell who did what and when: they are their owner's to read. */
const MODE = 0o600;

/**
 * Opens the newest of the numbered files beside `path`: `roost.log` stands for roost.1.log, roost.2.log and so on. Others
 * that are named like these are taken for older ones, and removed.
 * A disk that is full or fails costs lines, which are on standard output still, and never the server.
 * @throws ConfigError when there is nowhere to write
 */
export async function openLogFile(path: string): Promise<{ write(line: string): void }> {
	const { dir, base, name } = parse(path);
	if (!/^[^.]+\.log$/.test(base)) {
		throw new ConfigError([
			`LOG_FILE must name a file such as logs/roost.log, with one dot, but is "${path}".`
		]);
	}
	try {
		const file = await roll({
			file: join(dir, name),
			extension: '.log',
			size: SIZE,
			limit: { count: KEPT, removeOtherLogFiles: true },
			mkdir: true,
			mode: MODE,
			sync: true,
			maxLength: WAITING_MAX
		});
		let isTold = false;
		file.on('error', (error: Error) => {
			if (isTold) return;
			isTold = true;
			process.stderr.write(`The log cannot be written to ${path} (${error.message}).\n`);
		});
		return { write: (line) => void file.write(line) };
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		throw new ConfigError([
			`LOG_FILE ${path} cannot be written (${why}). Name a file in a folder that this user may write to.`
		]);
	}
}

/** The log that the settings ask for. Rejects with ConfigError. */
export async function openLog({
	logLevel,
	logFile
}: Pick<Config, 'logLevel' | 'logFile'>): Promise<Log> {
	if (logFile === null) return createLog(logLevel);
	return createLog(logLevel, alsoTo(await openLogFile(logFile)));
}
