/** A touch that answers under the finger, where the device can. */

/** Ms. As short as Android's own for a long press. */
const TICK = 10;

/** Felt when something was recognised that the finger cannot see. Nothing where it is not to be had. */
export function tick(): void {
	if ('vibrate' in navigator) navigator.vibrate(TICK);
}
