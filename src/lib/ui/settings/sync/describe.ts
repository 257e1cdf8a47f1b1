/** What this device knows, in words. The page and the report say the same: the report knows no names. */
import { refusalText } from '../../../i18n/refusals.ts';
import { m } from '../../../i18n/messages.ts';
import type {
	ClientStatus,
	Finding,
	StreamFacts,
	WhyWaiting
} from '../../../state/client/client-types.ts';

/** Stretches of seqs that are named before the rest becomes "…". */
const STRETCHES_MAX = 12;

/** States of the connection in words. */
const LINKS: Record<ClientStatus['link'], () => string> = {
	starting: m.status_starting,
	offline: m.status_offline,
	unreachable: m.status_unreachable,
	captive: m.status_captive,
	connecting: m.status_connecting,
	'catching-up': m.status_catching_up,
	live: m.status_live,
	polling: m.status_polling,
	'signed-out': m.status_signed_out,
	'update-required': m.status_update
};

/** A noted state of the connection; one of a newer release as it was noted. */
export const linkText = (link: string): string =>
	Object.hasOwn(LINKS, link) ? LINKS[link as ClientStatus['link']]() : link;

const span = (from: number, to: number): string => (from === to ? `${from}` : `${from}–${to}`);

function listed(stretches: readonly string[]): string {
	const shown = stretches.slice(0, STRETCHES_MAX).join(', ');
	return stretches.length > STRETCHES_MAX ? `${shown}, …` : shown;
}

/** Whether the number on screen is another one than what is counted here. */
const isMiscounted = ({ counted, unread, mentioned }: StreamFacts): boolean =>
	counted !== null && (counted.unread !== unread || counted.mentioned !== mentioned);

/** Whether something about it can be seen to be wrong without asking the server. */
export const isDoubtful = (facts: StreamFacts): boolean => isMiscounted(facts) || facts.strays > 0;

/** How many messages are unread, and since when. */
export function unreadText({ unread, mentioned, read }: StreamFacts): string {
	if (unread === 0) return m.sync_unread_none();
	const said = { count: unread, read };
	return mentioned === 0
		? m.sync_unread(said)
		: m.sync_unread_mentions({ ...said, mentions: mentioned });
}

/** Why the count of unread messages is as it is. */
function unreadLines(facts: StreamFacts): string[] {
	const lines: string[] = [unreadText(facts)];
	if (facts.unread > 0)
		lines.push(facts.unreadBy === 'device' ? m.sync_counted_here() : m.sync_counted_server());
	if (isMiscounted(facts)) lines.push(m.sync_miscounted({ count: facts.counted!.unread }));
	return lines;
}

function heldLines({ cursor, ranges, holes, messages, strays }: StreamFacts): string[] {
	const stretches = ranges.map(({ from, to, asOf }) =>
		asOf === null ? span(from, to) : m.sync_range_stale({ range: span(from, to), asOf })
	);
	const isAll = holes.length === 0 && ranges.every(({ asOf }) => asOf === null);
	const held =
		cursor === null || ranges.length === 0
			? m.sync_held_none()
			: isAll
				? m.sync_held_all({ count: messages })
				: m.sync_held({ count: messages, ranges: listed(stretches) });
	const missing = holes.map(({ after, before }) => span(after + 1, before - 1));
	return [
		held,
		...(missing.length > 0 ? [m.sync_holes({ holes: listed(missing) })] : []),
		...(strays > 0 ? [m.sync_strays({ count: strays })] : [])
	];
}

/** All that this device knows of a stream as a whole, line by line. */
export function streamLines(facts: StreamFacts): string[] {
	const { cursor, ready, othersAsOf, kind, read } = facts;
	if (!cursor) return [m.sync_unknown()];
	const lines: string[] = [m.sync_head({ head: cursor.s, hash: cursor.h })];
	if (!ready) lines.push(m.sync_not_ready());
	if (kind !== 'room') return lines;
	if (othersAsOf !== null) lines.push(m.sync_others_stale({ asOf: othersAsOf }));
	lines.push(...heldLines(facts));
	lines.push(read > 0 ? m.sync_read({ read }) : m.sync_read_none());
	lines.push(...unreadLines(facts));
	return lines;
}

/** Why something unsent is not on the server. */
export function whyText(why: WhyWaiting): string {
	switch (why.is) {
		case 'refused':
			return refusalText(why.refusal);
		case 'sending':
			return m.sync_why_sending();
		case 'no-link':
			return m.sync_why_no_link({ status: linkText(why.link) });
		case 'files':
			return m.sync_why_files({ count: why.count });
		case 'in-line':
			return m.sync_why_in_line({ count: why.before });
		case 'next':
			return m.sync_why_next();
	}
}

/** What a self-check has found. */
export function findingText({ fault, count, from, to }: Finding): string {
	switch (fault) {
		case 'behind':
			return m.sync_fault_behind({ count });
		case 'ahead':
			return m.sync_fault_ahead({ count });
		case 'other-past':
			return m.sync_fault_other_past();
		case 'unknown':
			return m.sync_fault_unknown();
		case 'not-mine':
			return m.sync_fault_not_mine();
		case 'missing':
			return m.sync_fault_missing({ count, from, to });
		case 'surplus':
			return m.sync_fault_surplus({ count, from, to });
		case 'changed':
			return m.sync_fault_changed({ count, from, to });
		case 'lost-range':
			return m.sync_fault_lost_range({ count, from, to });
		case 'rows':
			return m.sync_fault_rows({ count });
		case 'read':
			return m.sync_fault_read({ count, to });
		case 'unread':
			return m.sync_fault_unread({ count, to });
	}
}
