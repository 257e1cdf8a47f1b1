/** Sizes in a person's words. */

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A number of bytes as kB, MB or GB (powers of 1000, as browsers and disks count), in the given language. */
export function byteSize(bytes: number, tag: string): string {
	let value = bytes;
	let unit = 0;
	while (value >= 1000 && unit < UNITS.length - 1) {
		value /= 1000;
		unit++;
	}
	return new Intl.NumberFormat(tag, {
		style: 'unit',
		unit: UNITS[unit]!,
		unitDisplay: 'short',
		maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0
	}).format(value);
}
