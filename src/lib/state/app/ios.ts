/** Apple's phones and tablets, where only what was added to the home screen is an app. */
export function isIos(): boolean {
	// iPads call themselves Macs, but have fingers on them.
	const isPad = navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1;
	return isPad || /iPhone|iPad|iPod/u.test(navigator.userAgent);
}
