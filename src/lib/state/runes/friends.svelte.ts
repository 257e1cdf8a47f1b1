/** Friends as runes, inside a component that lives as long as they are on screen. */
import type { Client, Contacts, WhoIsOnline } from '../client/client-types.ts';
import { fromLive } from './from-live.svelte.ts';

interface OpenFriends {
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
	const contacts = fromLive(() => client()?.people.contacts());
	const who = fromLive(() => client()?.people.friendsOnline());
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
		mine.people.watchFriends(true);
		return () => mine.people.watchFriends(false);
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
