/** What carrying out effects has in common. */
import type { Row } from '../../../src/lib/protocol/change.ts';
import type { Effect, Move } from '../../domain/store-port.ts';
import type { Log } from './log.ts';

/** Who does it, under which act, when, and where the outcome is collected. */
export interface Doing {
	log: Log;
	actor: string;
	/** act id */
	op: string;
	/** digest of the act, kept with a message to recognise a repeat */
	digest: string;
	now: number;
	moves: Move[];
	rows: Row[];
}

export type Do<K extends Effect['do']> = Extract<Effect, { do: K }>;

/** Takes the next number of a stream for a change. */
export function append(doing: Doing, stream: string, kind: string, entity: string) {
	return doing.log.append(stream, { kind, entity, actor: doing.actor, op: doing.op }, doing.now);
}

/** A row for everybody who sees the stream, and for the answer to the act. */
export function show(doing: Doing, stream: string, row: Row): void {
	doing.log.show(stream, row);
	doing.rows.push(row);
}

/** A row of somebody's feed: the answer to the act carries it only when it is the actor's own. */
export function showInFeed(doing: Doing, person: string, row: Row): void {
	doing.log.show(person, row);
	if (person === doing.actor) doing.rows.push(row);
}
