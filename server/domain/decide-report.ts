/** What becomes of a report. Pure. */
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { accept, isBlank, refuse, unchanged, type Of } from './decision.ts';
import type { Decision, Facts } from './store-port.ts';

/** Told to administrators only: nothing of it is in any stream. */
export function report(act: Of<'message.report'>, person: string, facts: Facts): Decision {
	const { message, membership, reported } = facts;
	if (!membership) return refuse('not_a_member');
	if (!message || !reported || message.room !== act.room || message.system) {
		return refuse('no_such_message');
	}
	// Also by somebody who was put out meanwhile, of a room that was deleted: what they saw they may report.
	const { visible, to } = membership;
	if (message.seq < visible || message.seq > (to ?? Infinity)) return refuse('no_such_message');
	if (message.author === person) return refuse('not_yourself');
	if (isBlank(act.reason) || codePoints(act.reason) > LIMITS.reasonMax) {
		return refuse('reason_invalid', 'reason');
	}
	// Its words are gone from everywhere, and are not brought back for this.
	if (message.deleted) return refuse('message_deleted');
	if (reported.isKnown) return unchanged(act.room, facts.head);
	const { body, files, said } = reported;
	return accept(act.room, {
		do: 'report.insert',
		room: act.room,
		message: message.id,
		author: message.author,
		reason: act.reason.trim(),
		body,
		files,
		said
	});
}
