/** Friends as runes, inside a component that lives as long as they are on screen. */
import type { Client, Contacts, WhoIsOnline } from './client-types.ts';
import { follow } from './live.svelte.ts';

export interface OpenFriends {
	/** undefined: not yet read from the device */
	readonly contacts: Contacts | undefined;
	/** null: not known, because we are offline ourselves, or nothing came yet */
	readonly who: WhoIsOnline | null;
}

/**
 * Follows friends and who of them is online. Tells the server that they are looked at while the
 * window is visible, which is what their presence depends on.
 * @param looks whether their presence is on screen
 */
export function openFriends(client: () => Client | null, looks = (): boolean => true): OpenFriends {
	const contacts = follow(() => client()?.contacts());
	const who = follow(() => client()?.friendsOnline());
	let visible = $state(document.visibilityState === 'visible');

	$effect(() => {
		const see = (): void => {
			visible = document.visibilityState === 'visible';
		};
		document.addEventListener('visibilitychange', see);
		return () => document.removeEventListener('visibilitychange', see);
	});
	$effect(() => {
		const mine = client();
		if (!mine || !visible || !looks()) return;
		mine.lookAtFriends(true);
		return () => mine.lookAtFriends(false);
	});

	return {
		get contacts() {
			return contacts.current;
		},
		get who() {
			return who.current ?? null;
		}
	};
}
