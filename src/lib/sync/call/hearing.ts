/** How well somebody is heard, from what the browser counts. Pure. */

/** Counted since the link was made, as `getStats` has it. */
export interface SoundCount {
	packets: number;
	/** samples that were played, and those among them that were made up for what did not come */
	samples: number;
	concealed: number;
}

export type Hearing = 'good' | 'fair' | 'poor' | 'none';

/** Shares of made-up sound from which it is heard. */
const FAIR_FROM = 0.03;
const POOR_FROM = 0.1;

/** How it was between two counts. */
export function hearing(before: SoundCount, after: SoundCount): Hearing {
	if (after.packets <= before.packets) return 'none';
	const samples = after.samples - before.samples;
	const share = samples > 0 ? Math.max(0, after.concealed - before.concealed) / samples : 0;
	return share >= POOR_FROM ? 'poor' : share >= FAIR_FROM ? 'fair' : 'good';
}
