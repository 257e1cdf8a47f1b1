/** The time zone of the device, also when it changes under an open app: a journey, or a setting. */
import { createSubscriber } from 'svelte/reactivity';

/** Ms between two looks: no engine tells of a change. */
const LOOK_EVERY = 5000;

/** Some systems name a zone that formats then refuse ("Etc/Unknown"): those go by UTC. */
function read(): string {
	const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined;
	try {
		return new Intl.DateTimeFormat('en', { timeZone: zone ?? 'UTC' }).resolvedOptions().timeZone;
	} catch (error) {
		if (error instanceof RangeError) return 'UTC';
		throw error;
	}
}

let zone = read();

const follow = createSubscriber((update) => {
	const look = (): void => {
		const now = read();
		if (now === zone) return;
		zone = now;
		update();
	};
	look();
	const timer = setInterval(look, LOOK_EVERY);
	document.addEventListener('visibilitychange', look);
	window.addEventListener('focus', look);
	return () => {
		clearInterval(timer);
		document.removeEventListener('visibilitychange', look);
		window.removeEventListener('focus', look);
	};
});

/** IANA name of the zone; what asks for it while it is on screen is asked again after a change. */
export function timeZone(): string {
	follow();
	return zone;
}
