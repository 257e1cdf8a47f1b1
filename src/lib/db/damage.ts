/** What is said of damage on this device: once for each kind, in words. */

/** Reports damage. @param what the table or note; @param outcome what becomes of a damaged row of it */
export type DamageReport = (what: string, outcome: string) => void;

/** @param onError called once for each `what` */
export function damageReport(onError: (error: Error) => void): DamageReport {
	const said = new Set<string>();
	return (what, outcome) => {
		if (said.has(what)) return;
		said.add(what);
		onError(new Error(`damaged on this device: a row of "${what}" ${outcome}`));
	};
}
