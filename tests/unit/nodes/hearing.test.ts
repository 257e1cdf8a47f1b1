/** What comes from another node is answered when it counts, and an error is seen. */
import { expect, test } from 'vitest';
import type { Log } from '../../../server/log.ts';
import { hearing } from '../../../server/nodes/hearing.ts';

test('an error is logged and answered, as what was done is', async () => {
	const seen: string[] = [];
	const log = {
		error: ({ err }: { err: Error }, text: string) => seen.push(`${err.name}: ${text}`)
	} as unknown as Log;
	const failing = hearing('ended', () => Promise.reject(new RangeError('no')), log);
	await failing('[]', () => seen.push('done'));
	await hearing('ended', () => undefined, log)('no JSON', () => seen.push('done'));
	await hearing('ended', (ids) => void seen.push(...ids), log)('["one"]', () => seen.push('done'));
	const text = 'what another server said could not be heeded';
	expect(seen).toEqual([
		`RangeError: ${text}`,
		'done',
		`SyntaxError: ${text}`,
		'done',
		'one',
		'done'
	]);
});
