/** Telling the administrators of a message, and telling the person when they have it. */
import { m } from '../../../i18n/messages.ts';
import { refusalText } from '../../../i18n/refusals.ts';
import type { ActId } from '../../../protocol/ids.ts';
import type { ClientOutbox } from '../../../state/client/messages.ts';

type Follows = Pick<ClientOutbox, 'list' | 'onAccepted'>;

/**
 * Says, once, what the server answered to a report that is in the outbox. Nothing is said of one that was given up.
 * @param say shows it; `tone` as toasts have it
 */
export function tellWhenReported(
	outbox: Follows,
	id: ActId,
	say: (text: string, tone?: 'bad') => void
): void {
	const ends: (() => void)[] = [];
	let [isListed, isOver] = [false, false];
	function end(): void {
		isOver = true;
		// The first value may come before there is anything to end.
		queueMicrotask(() => ends.splice(0).forEach((stop) => stop()));
	}
	function tell(text: string, tone?: 'bad'): void {
		if (isOver) return;
		end();
		say(text, tone);
	}
	ends.push(outbox.onAccepted((ids) => ids.includes(id) && tell(m.report_received())));
	ends.push(
		outbox.list().subscribe((items) => {
			const item = items.find((one) => one.id === id);
			if (item?.refusal) tell(refusalText(item.refusal), 'bad');
			// The first list may be one of before.
			else if (isListed && !item) end();
			isListed ||= item !== undefined;
		})
	);
}
