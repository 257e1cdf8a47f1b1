/** Why something that was shared was not kept, in words. */
import { m } from '../../../i18n/messages.ts';
import { storeReasonText } from '../../../i18n/refusals.ts';

/** @param code as the worker or the server puts it into the address; null: what the address says is nothing */
export function shareFaultText(code: string | null): string | null {
	switch (code) {
		case 'full':
		case 'closed':
		case 'blocked':
		case 'broken':
			return m.share_fault({ reason: storeReasonText(code) });
		case 'too-many':
			return m.share_fault_waiting();
		case 'unreadable':
			return m.share_fault_unreadable();
		case 'missed':
			return m.share_fault_missed();
		default:
			return null;
	}
}
