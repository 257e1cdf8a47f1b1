/** The dialog for a report is fetched when somebody wants to report: hardly anybody ever does. */
import { m } from '../../../i18n/messages.ts';
import type { MessageItem } from '../../../state/client/client-types.ts';
import { toasts } from '../../../state/app/toasts.svelte.ts';

/** The dialog, and the message it is about. */
export interface Reporting {
	item: MessageItem;
	Dialog: (typeof import('./ReportDialog.svelte'))['default'];
}

/** @returns null: its code could not be had, and the person was told */
export async function openReport(item: MessageItem): Promise<Reporting | null> {
	try {
		return { item, Dialog: (await import('./ReportDialog.svelte')).default };
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		toasts.show(m.fault_unreachable(), 'bad');
		return null;
	}
}
