/** How long films and sounds are, to be read and to be heard. */

const parts = (ms: number): { hours: number; minutes: number; seconds: number } => {
	const all = Math.max(1, Math.round(ms / 1000));
	return { hours: Math.floor(all / 3600), minutes: Math.floor(all / 60) % 60, seconds: all % 60 };
};

/** As players write it: "0:07", "1:05", "2:03:09". What is shorter than a second has one. @param ms of the whole */
export function playingTime(ms: number): string {
	const { hours, minutes, seconds } = parts(ms);
	const two = (n: number): string => String(n).padStart(2, '0');
	return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** In words, for those who hear it: "1 minute 5 seconds". @param ms of the whole */
export function spokenTime(ms: number, tag: string): string {
	const { hours, minutes, seconds } = parts(ms);
	const said = (unit: 'hour' | 'minute' | 'second', n: number): string[] =>
		n === 0
			? []
			: [new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' }).format(n)];
	return [...said('hour', hours), ...said('minute', minutes), ...said('second', seconds)].join(' ');
}
