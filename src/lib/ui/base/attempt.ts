/** Doing something that this device must be able to keep. */
import { storeFailureText } from '../../i18n/refusals.ts';
import { toasts } from '../../state/app/toasts.svelte.ts';

/** Runs it and answers whether it could be kept; when not, the person is told (promise 16). */
export async function attempt(run: () => Promise<unknown> | undefined): Promise<boolean> {
	try {
		await run();
		return true;
	} catch (error) {
		toasts.show(storeFailureText(error), 'bad');
		return false;
	}
}
