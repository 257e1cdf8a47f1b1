/** The largest file over a poor line: 50 MB at 1 Mbit/s, cut again and again. Takes about eight minutes. */
import { uploadSlowly } from '../support/slow-upload.ts';
import type { Bench, Figure } from './figure.ts';

const SIZE = 50 * 1024 * 1024;
/** bytes a second: 1 Mbit/s */
const RATE = 125_000;
/** How much longer it may take than on a line that is never cut, and how much more may go over it. */
const LONGER = 1.5;
const MORE = 1.02;

async function files(): Promise<Figure[]> {
	const shape = { betweenBreaks: 5_000_000, breaks: 10, silent: 0.3, away: 3_000, seed: 5 };
	const { seconds, cuts, silences, overhead, whole, resumes, beginnings } = await uploadSlowly(
		SIZE,
		{ rate: RATE, ...shape }
	);
	const ideal = SIZE / RATE;
	const what = `${cuts} cuts, ${silences} silences; ${resumes} resumed, ${beginnings} begun`;
	return [
		{
			...{ name: 'file-over-a-poor-line', value: seconds, unit: 's', yardstick: ideal },
			...{ ratio: seconds / ideal, target: LONGER },
			ok: whole && beginnings === 1 && seconds / ideal <= LONGER && overhead <= MORE,
			note: `${what}; ${overhead.toFixed(4)} bytes sent a byte; ${whole ? 'same hash' : 'OTHER BYTES'}`
		}
	];
}

export const FILE_BENCHES: Bench[] = [{ name: 'files', run: files, onlyByName: true }];
