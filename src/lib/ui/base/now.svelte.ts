/** The present time as a rune, for words like "today" that grow old while they are on screen. */

const MINUTE = 60_000;

/** Inside a component: the time in ms, renewed every minute. */
export function everyMinute(): { readonly now: number } {
	let now = $state(Date.now());
	$effect(() => {
		const timer = setInterval(() => {
			now = Date.now();
		}, MINUTE);
		return () => clearInterval(timer);
	});
	return {
		get now() {
			return now;
		}
	};
}
