/** What another node said comes in. */
import type { Log } from '../log.ts';
import type { NodeEvents } from './ports.ts';

/** Called with what came; `done` says to the other one that it counts here. It does not reject. */
export type Heard = (sent: string, done?: () => void) => Promise<void>;

/** The other one is answered in any case: it could do nothing about an error of this node, which is logged. */
export function hearing<E extends keyof NodeEvents>(
	event: E,
	heard: (sent: NodeEvents[E]) => void | Promise<void>,
	log: Log
): Heard {
	return async (sent, done) => {
		try {
			await heard(JSON.parse(sent) as NodeEvents[E]);
		} catch (error) {
			log.error({ err: error, event }, 'what another server said could not be heeded');
		} finally {
			done?.();
		}
	};
}
