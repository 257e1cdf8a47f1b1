/** Something about calls that was pressed: what it needs is fetched first. */
import { m } from '../../i18n/messages.ts';
import { toasts } from '../../state/app/toasts.svelte.ts';

/** Runs it; when the code for it could not be had, the person is told. */
export function pressCall(run: () => Promise<void>): void {
	run().catch((error: unknown) => {
		toasts.show(m.fault_unreachable(), 'bad');
		reportError(error);
	});
}
