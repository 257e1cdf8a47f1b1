/** Writing down when people went offline: in batches, because many may go at the same moment. */
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import type { Clock, Domain } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import type { Presence } from './presence.ts';

/** ms in which those who go are gathered. */
const GATHER = 1_000;

export function noteLastSeen(
	presence: Presence,
	domain: Pick<Domain, 'noteSeen'>,
	clock: Clock,
	log: Log
): void {
	let gone: { person: PersonId; at: number }[] = [];

	function write(): void {
		const people = gone;
		gone = [];
		domain.noteSeen(people).catch((error: unknown) => {
			log.error({ err: error }, 'last seen could not be written');
		});
	}

	presence.onChange((person, online, isOwn) => {
		if (online || !isOwn) return;
		if (gone.length === 0) clock.after(GATHER, write);
		gone.push({ person, at: clock.now() });
	});
}
