/** What carrying out effects has in common. */
import type { Row } from '../../../../src/lib/protocol/change.ts';
import type { Effect } from '../../../domain/effect.ts';
import type { MembershipChange } from '../../../domain/store-port.ts';
import type { Steps } from '../steps.ts';
import type { Log } from '../change-log.ts';
import type { EffectStatements } from './statements.ts';

/** Who does it, under which act, when, and where the outcome is collected. */
export interface WriteContext {
	statements: EffectStatements;
	/** random bytes for ids and names that the server makes */
	randomBytes: (count: number) => Uint8Array;
	log: Log;
	actor: string;
	/** act id */
	act: string;
	/** digest of the act, kept with a message to recognise a repeat */
	digest: string;
	/** ms */
	now: number;
	membershipChanges: MembershipChange[];
	/** public ids */
	sessionsEnded: string[];
	rows: Row[];
}

export type EffectOf<K extends Effect['do']> = Extract<Effect, { do: K }>;

/** Takes the next number of a stream for a change. */
export function append(
	context: WriteContext,
	stream: string,
	kind: string,
	entity: string
): Steps<{ seq: number; ts: number }> {
	return context.log.append(
		stream,
		{ kind, entity, actor: context.actor, act: context.act },
		context.now
	);
}

/** A row for everybody who sees the stream, and for the answer to the act. */
export function show(context: WriteContext, stream: string, row: Row): void {
	context.log.show(stream, row);
	context.rows.push(row);
}

/** A row of somebody's feed: the answer to the act carries it only when it is the actor's own. */
export function showInFeed(context: WriteContext, person: string, row: Row): void {
	context.log.show(person, row);
	if (person === context.actor) context.rows.push(row);
}
