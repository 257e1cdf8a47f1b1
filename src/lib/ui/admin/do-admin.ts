/** Doing something on an admin page: it happens now, or a note says why not. */
import { faultText } from '$lib/i18n/refusals.ts';
import { askAdmin, type AdminApi, type Refused } from '$lib/state/session/admin.ts';
import { toasts } from '$lib/state/app/toasts.svelte.ts';

/** @returns the answer; null: it did not happen, and the person was told */
export async function doAdmin<T extends object>(
	ask: (api: AdminApi) => Promise<T | Refused>
): Promise<T | null> {
	const asked = await askAdmin(ask);
	if ('answer' in asked) return asked.answer;
	toasts.show(faultText(asked.fault), 'bad');
	return null;
}
