/** What each kind of act costs inside a commit at its worst: docs/performance.md shows the figures. */
import { worstActs, type Measured } from '../support/worst-acts.ts';
import { median, type Bench, type Figure } from './figure.ts';

/** People in the room, who all know the actor, with as many rooms and links. */
const SIZE = 100;
const ROUNDS = 5;

/** One round in a database in memory: what comes after, the fsync, is the same for all. */
async function round(): Promise<Measured[]> {
	const { measured, db } = await worstActs(SIZE);
	db.close();
	return measured;
}

async function measure(): Promise<Figure[]> {
	// Once before it counts, so that the code is as warm as in a server that has run for a while.
	await round();
	const rounds: Measured[][] = [];
	for (let n = 0; n < ROUNDS; n++) rounds.push(await round());
	return rounds[0]!.map(({ name, statements }, i) => ({
		name,
		value: median(rounds.map((measured) => measured[i]!.ms)),
		unit: 'ms',
		yardstick: null,
		ratio: null,
		target: null,
		ok: true,
		note: `${statements} statements`
	}));
}

export const COMMIT_BENCHES: Bench[] = [{ name: 'commit', onlyByName: true, run: measure }];
