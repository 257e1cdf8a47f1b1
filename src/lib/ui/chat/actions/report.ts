/** Telling the administrators of a message, and telling the person when they have it. */
import { m } from '$lib/i18n/messages';
import { refusalText } from '$lib/i18n/refusals.ts';
import type { ActId } from '$lib/protocol/ids.ts';
import { toasts } from '$lib/state/app/toasts.svelte.ts';
import type { Client } from '$lib/state/client/client-types.ts';

/** Says, once, what became of a report that is in the outbox. */
export function tellWhenReported(client: Pick<Client, 'outbox'>, id: ActId): void {
	let isTold = false;
	let stop = (): void => undefined;
	stop = client.outbox.list().subscribe((items) => {
		const item = items.find((one) => one.id === id);
		if (isTold || (item && !item.refusal)) return;
		isTold = true;
		if (item?.refusal) toasts.show(refusalText(item.refusal), 'bad');
		else toasts.show(m.report_received());
		// The first value may come before there is anything to end.
		queueMicrotask(() => stop());
	});
}
