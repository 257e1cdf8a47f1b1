/** What becomes of a report. Pure. */
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { refuse as makeRefusal } from '../../src/lib/protocol/refusal.ts';
import { REPORTS_OPEN, REPORTS_OPEN_AFTER } from './constants.ts';
import { accept, isBlank, refuse, unchanged, type Of } from './decision.ts';
import type { Decision, Facts, Membership, StoredMessage } from './store-port.ts';

/** Not remembered: it can be sent again once some of the others were resolved. */
const TOO_MANY: Decision = {
	is: 'refuse',
	refusal: makeRefusal('too_many', { after: REPORTS_OPEN_AFTER }),
	record: false
};

/** Whether somebody has ever been in the room: whoever was banned from it may never have been. */
const wasIn = ({ from, to }: Membership): boolean => to === null || to > from;

/** Also by somebody who was put out meanwhile, of a room that was deleted: what they saw they may report. */
const couldSee = ({ visible, to }: Membership, { seq }: StoredMessage): boolean =>
	seq >= visible && seq <= (to ?? Infinity);

/**
 * Told to administrators only: nothing of it is in any stream. The answer is about the reporter's own feed: whoever is
 * not in the room any more is not told how far that has come.
 */
export function report(act: Of<'message.report'>, person: string, facts: Facts): Decision {
	const { message, membership, reported } = facts;
	if (!membership || !wasIn(membership)) return refuse('not_a_member');
	if (!message || !reported || message.room !== act.room || message.system) {
		return refuse('no_such_message');
	}
	if (!couldSee(membership, message)) return refuse('no_such_message');
	if (message.author === person) return refuse('not_yourself');
	if (isBlank(act.reason) || codePoints(act.reason) > LIMITS.reasonMax) {
		return refuse('reason_invalid', 'reason');
	}
	// Its words are gone from everywhere, and are not brought back for this. That they went is told to members only.
	if (message.deleted) {
		return refuse(membership.to === null ? 'message_deleted' : 'no_such_message');
	}
	if (reported.isKnown) return unchanged(person, 0);
	if (reported.open >= REPORTS_OPEN) return TOO_MANY;
	const { body, files, said } = reported;
	return accept(person, {
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
