/** An error that nothing caught ends the process, with a line in the log that says so. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const SERVER = new URL('../../server/', import.meta.url).href;

function run(fault: string) {
	const script = `
		const { createLog } = await import('${SERVER}log.ts');
		const { crashOnUncaughtErrors } = await import('${SERVER}crash.ts');
		crashOnUncaughtErrors(createLog('info'));
		${fault};
		setTimeout(() => process.exit(0), 2_000);
	`;
	const args = ['--input-type=module', '--eval', script];
	const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
	const lines = stdout
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => JSON.parse(line) as { level: number; reason: string; err: { message: string } });
	return { status, lines };
}

it.each([
	['rejection', `void Promise.reject(new Error('forgotten'))`],
	['exception', `setImmediate(() => { throw new Error('forgotten'); })`]
])('%s', (reason, fault) => {
	const { status, lines } = run(fault);
	expect(status).toBe(1);
	expect(lines).toMatchObject([{ level: 60, reason, err: { message: 'forgotten' } }]);
});
