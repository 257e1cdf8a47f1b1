/** Time that passes only when a test says so. */
import type { Clock } from '../../server/domain/ports.ts';

export interface HandClock extends Clock {
	/** Lets so many ms pass, timer by timer, with what each sets off. */
	pass(ms: number): Promise<void>;
	/** So many ms pass while nothing runs. */
	freeze(ms: number): void;
	/** how many timers are set */
	timers(): number;
}

export function handClock(): HandClock {
	let now = 0;
	const timers: { at: number; run: () => void }[] = [];
	return {
		now: () => now,
		after(ms, run) {
			const timer = { at: now + ms, run };
			timers.push(timer);
			return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
		},
		freeze: (ms) => void (now += ms),
		timers: () => timers.length,
		async pass(ms) {
			const until = now + ms;
			for (;;) {
				// What was asked of the database is answered meanwhile.
				for (let i = 0; i < 20; i++) await Promise.resolve();
				const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
				if (!next) break;
				timers.splice(timers.indexOf(next), 1);
				now = Math.max(now, next.at);
				next.run();
			}
			now = until;
		}
	};
}
