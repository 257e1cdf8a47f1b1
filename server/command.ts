/** What the commands besides `npm start` share: arguments, and how they end. */
import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ConfigError } from './config.ts';
import { DatabaseError } from './store/sql/database-error.ts';

/** The command was called in a way that it does not know. */
export class UsageError extends Error {}

/** It cannot be done; the message says what to do about it. */
export class CommandError extends Error {
	constructor(message: string, cause?: unknown) {
		super(message, { cause });
		this.name = 'CommandError';
	}
}

/**
 * Runs a command and ends the process: 0 when it is done, 1 when it could not be, 2 when it was called wrongly.
 * @param usage what it prints when asked by --help
 */
export async function run(
	usage: string,
	options: NonNullable<ParseArgsConfig['options']>,
	act: (positionals: string[], values: Record<string, unknown>) => Promise<void>
): Promise<void> {
	try {
		const { positionals, values } = parse(options);
		if (values['help'] === true) process.stdout.write(usage);
		else await act(positionals, values);
	} catch (cause) {
		process.exitCode = cause instanceof UsageError ? 2 : 1;
		const isForPeople = [UsageError, CommandError, ConfigError, DatabaseError].some(
			(kind) => cause instanceof kind
		);
		process.stderr.write(
			`${isForPeople ? (cause as Error).message : String((cause as Error).stack)}\n`
		);
	}
}

function parse(options: NonNullable<ParseArgsConfig['options']>) {
	try {
		const { positionals, values } = parseArgs({
			options: { ...options, help: { type: 'boolean', short: 'h' } },
			allowPositionals: true
		});
		return { positionals, values: values as Record<string, unknown> };
	} catch (cause) {
		throw new UsageError((cause as Error).message);
	}
}

/** The one file that a command is told, as an absolute path; seen from where npm was called. */
export function fileArgument(positionals: string[], usage: string): string {
	const [file, ...others] = positionals;
	if (file === undefined || others.length > 0) throw new UsageError(usage);
	return resolve(process.env['INIT_CWD'] ?? '.', file);
}
