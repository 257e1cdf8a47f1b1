/** A call of the log in words. What begins with the word for it stays its beginning in every language. */
import { m } from '../../../i18n/messages.ts';
import { isMissed, type CallNote } from '../../../protocol/call-note.ts';

/** How long it lasted. @param ms of the whole */
function durationText(ms: number): string {
	const seconds = Math.max(1, Math.round(ms / 1_000));
	if (seconds < 60) return m.call_seconds({ count: seconds });
	const minutes = Math.round(seconds / 60);
	if (minutes < 60) return m.call_minutes({ count: minutes });
	return m.call_hours({ hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** @param mine this person began it: what others missed was not answered to them */
export function callText(call: CallNote, mine: boolean): string {
	const { answered, ended, end, people = [] } = call;
	if (ended === undefined) {
		return people.length === 1
			? m.note_call_going_one()
			: people.length === 0
				? m.note_call()
				: m.note_call_going({ count: people.length });
	}
	if (isMissed(call)) return mine ? m.note_call_no_answer() : m.note_call_missed();
	if (end === 'declined') return m.note_call_declined();
	if (end === 'failed') return m.note_call_failed();
	if (end === 'lost') return m.note_call_lost();
	return answered === undefined
		? m.note_call()
		: m.note_call_for({ duration: durationText(ended - answered) });
}

/** Whether it was not answered by this person, who may want to call back. */
export const wasMissed = (call: CallNote, mine: boolean): boolean => !mine && isMissed(call);
