/** Inside a component: this window hears who calls, and answers what was answered in a notification. */
import type { Client } from '../client/client-types.ts';
import { calls } from './calls.svelte.ts';

const onError = (error: unknown): void => reportError(error);

/**
 * @param url of the page; `/rooms/<room>?call=<id>` answers that call
 * @param replace goes to another address in its place
 */
export function followCalls(
	client: () => Client | null,
	url: () => URL,
	replace: (path: string) => void
): void {
	$effect(() => {
		const opened = client();
		if (opened) return calls.follow(opened, onError);
	});
	$effect(() => {
		const { pathname, searchParams } = url();
		const call = searchParams.get('call');
		const room = /^\/rooms\/([^/]+)$/u.exec(pathname)?.[1];
		if (!call || !room || !client()) return;
		replace(pathname);
		calls.join(room, call).catch(onError);
	});
}
