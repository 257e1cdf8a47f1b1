/** What a measurement answers, and how it is shown. */

/** A value measured beside a yardstick in the same run. */
export interface Figure {
	name: string;
	value: number;
	unit: string;
	/** what the same machine, in the same minutes, did without our part; null when there is none */
	yardstick: number | null;
	/** value / yardstick, or value / target for a plain limit; null when there is nothing to compare */
	ratio: number | null;
	/** what `ratio` (or, for a plain limit, `value`) has to keep; null when there is no target */
	target: number | null;
	ok: boolean;
	/** what the number means, for people */
	note?: string;
}

/** One thing that can be measured; may answer several figures. */
export interface Bench {
	name: string;
	/** takes so long that it is run only when asked for */
	onlyByName?: boolean;
	run(): Promise<Figure[]>;
}

/** The middle of several values (mean of the middle two for an even number). */
export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The value that `share` (0..1) of the values do not exceed. */
export function percentile(values: number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;
}

interface Compared {
	name: string;
	unit: string;
	/** values and yardsticks of the same rounds, in the same order */
	values: number[];
	yardsticks: number[];
	target: number | null;
	/** whether a larger or a smaller ratio is the better one */
	better: 'larger' | 'smaller';
	note?: string;
}

/** A figure of interleaved rounds: the ratio is the median of the rounds' ratios, because noise comes in spells. */
export function compared(given: Compared): Figure {
	const { name, unit, values, yardsticks, target, better, note } = given;
	const ratio = median(values.map((value, i) => value / yardsticks[i]!));
	const ok = target === null || (better === 'larger' ? ratio >= target : ratio <= target);
	const figure = { name, value: median(values), unit, yardstick: median(yardsticks), ratio };
	return { ...figure, target, ok, ...(note === undefined ? {} : { note }) };
}

const short = (value: number | null) =>
	value === null
		? '–'
		: Math.abs(value) >= 100
			? Math.round(value).toLocaleString('en-GB')
			: value.toPrecision(3);

/** One line for people. */
export function line(figure: Figure): string {
	const { name, value, unit, yardstick, ratio, target, ok, note } = figure;
	const parts = [
		ok ? 'ok  ' : 'SLOW',
		name.padEnd(34),
		`${short(value)} ${unit}`.padEnd(30),
		`yardstick ${short(yardstick)}`.padEnd(20),
		`ratio ${short(ratio)}`.padEnd(14),
		`target ${short(target)}`.padEnd(14),
		note ?? ''
	];
	return parts.join(' ').trimEnd();
}
