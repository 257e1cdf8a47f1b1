/** What becomes of an act in the outbox once the server has answered. Pure. */
import type { Act } from '../../protocol/up.ts';
import type { OutboxRow, Settlement } from '../ports.ts';

/** What a settlement makes of an outbox row; null when it is gone. */
export function settled(row: OutboxRow, settlement: Settlement): OutboxRow | null {
	switch (settlement.to) {
		case 'gone':
			return rewritten(row, settlement);
		case 'refused':
			return { ...row, state: 'refused', refusal: settlement.refusal };
		case 'replaced': {
			const { act } = settlement;
			return { ...row, id: act.id, act, state: 'queued', refusal: null, tries: 0 };
		}
	}
}

/** A text that was changed while the older one was on its way follows it as an edit. */
function rewritten(
	row: OutboxRow,
	{ sent, edit }: Extract<Settlement, { to: 'gone' }>
): OutboxRow | null {
	const { act } = row;
	if (sent?.kind !== 'message.post' || act.kind !== 'message.post' || edit === undefined)
		return null;
	if (act.body === sent.body) return null;
	const { at, room, body } = act;
	const next: Act = { kind: 'message.edit', id: edit, at, room, message: row.id, body };
	return { ...row, id: edit, act: next, state: 'queued', refusal: null, tries: 0 };
}
