/** Puts a call session together: loaded with the first ring or press. */
import { notificationSettings } from '../../db/notification-settings.ts';
import type { Screen } from '../../i18n/notification.ts';
import { callClock, type CallEvent } from '../client/call-link.ts';
import type { Client } from '../client/client-types.ts';
import { CallSession } from './call-session.svelte.ts';
import { RingSigns } from './ring-signs.ts';
import { playTone } from './tones.ts';

/** @param early what the server said before this was there */
export function openCallSession(
	client: Client,
	early: readonly CallEvent[],
	onError: (error: unknown) => void
): CallSession {
	const link = client.calls;
	const settings = notificationSettings();
	const screen = async (): Promise<Screen | null> => {
		if (!('Notification' in globalThis) || Notification.permission !== 'granted') return null;
		const { wanted } = await settings.read(link.me.id);
		return wanted ? ((await navigator.serviceWorker?.getRegistration()) ?? null) : null;
	};
	const session = new CallSession({
		link,
		clock: callClock,
		signs: new RingSigns({
			lock: link.soundLock,
			play: playTone,
			mayHear: async () => (await settings.read(link.me.id)).sound,
			screen,
			onError
		}),
		onError
	});
	for (const event of early) session.hear(event);
	return session;
}
