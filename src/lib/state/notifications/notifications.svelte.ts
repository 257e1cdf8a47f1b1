/**
 * Notifications on this device, as screens see them: what the browser allows, what is chosen, how it
 * stands with pushes. One per window; `start` joins it to the account that is open.
 */
import {
	NO_NOTIFICATION_NOTE,
	notificationSettings,
	type NotificationChoices,
	type NotificationNote
} from '../../db/notification-settings.ts';
import { refreshShown, wordsIn } from '../../i18n/notification.ts';
import { language } from '../../i18n/language.svelte.ts';
import { holdEyes, isLookedAt } from '../../net/eyes.ts';
import { pushApi } from '../../net/push-api.ts';
import { aloneWithPush, pushBrowser } from '../../net/push-browser.ts';
import { singleFlight } from '../../sync/concurrency.ts';
import { StoreError } from '../../sync/ports.ts';
import type { Client, Prefs } from '../client/client-types.ts';
import { isIos } from '../app/ios.ts';
import { playSound } from './sound.ts';
import { keepSubscribed, type PushStanding } from './subscription.ts';
import { createNotifier } from './notifier.ts';

/** What the browser lets one do; "install-first": only what was added to the home screen may notify (iOS). */
export type Allowance = 'unsupported' | 'install-first' | 'ask' | 'denied' | 'granted';

/** ms that tabs which cannot make a sound leave to one that can. */
const AFTER_YOU = 250;

function allowance(): Allowance {
	const isThere = 'Notification' in globalThis && 'serviceWorker' in navigator;
	if (!isThere) return isIos() ? 'install-first' : 'unsupported';
	return Notification.permission === 'default' ? 'ask' : Notification.permission;
}

const registration = async (): Promise<ServiceWorkerRegistration | null> =>
	(await navigator.serviceWorker?.getRegistration()) ?? null;

class Notifications {
	readonly #store = notificationSettings();
	readonly #api = pushApi();
	readonly #browser = pushBrowser(registration);
	#client: Client | null = null;
	#note = $state.raw<NotificationNote>(NO_NOTIFICATION_NOTE);
	#allowance = $state<Allowance>(allowance());
	#standing = $state<PushStanding | null>(null);
	#onError: (error: unknown) => void = () => undefined;

	/** What is chosen for this device. */
	get choices(): NotificationChoices {
		return this.#note;
	}

	get allowance(): Allowance {
		return this.#allowance;
	}

	/** null: not known yet */
	get standing(): PushStanding | null {
		return this.#standing;
	}

	/** Begins for the account that is open: tells news, looks after the subscription. The answer ends it. */
	start(client: Client, onError: (error: unknown) => void): () => void {
		this.#client = client;
		this.#onError = onError;
		let prefs: Prefs = new Map();
		const ended = new AbortController();
		const { signal } = ended;
		const refresh = singleFlight(
			() => this.#refreshShown(client),
			// The databases close under a look that is under way at the end.
			(error) => signal.aborted || onError(error)
		);
		refresh();
		const tell = createNotifier({
			me: client.me.id,
			notices: this.#store,
			prefs: () => prefs,
			stands: client.messages.whatStands,
			isLookedAt,
			screen: async () => (this.#allowance === 'granted' ? registration() : null),
			words: () => wordsIn(language.locale),
			playSound,
			yieldToOthers: () =>
				new Promise((resolve) => {
					if (navigator.userActivation?.hasBeenActive) resolve();
					else setTimeout(resolve, AFTER_YOU);
				}),
			now: () => Date.now()
		});
		const ends = [
			client.prefs().subscribe((next) => {
				prefs = next;
			}),
			client.messages.onNews((news) => void tell(news).catch(onError)),
			client.messages.onChange(refresh)
		];
		const look = (): void => void this.look().catch(onError);
		addEventListener('online', look, { signal });
		// Whoever comes back from the browser's settings may have allowed or forbidden something.
		addEventListener('focus', look, { signal });
		void this.#open().catch(onError);
		return () => {
			ended.abort();
			for (const end of ends) end();
			if (this.#client === client) this.#client = null;
			this.#note = NO_NOTIFICATION_NOTE;
			this.#standing = null;
		};
	}

	/** This window has the focus and shows a room; the answer ends it. */
	eyes(room: string): () => void {
		return holdEyes(room);
	}

	/** Keeps the language where the worker can read it. */
	async setLocale(locale: string): Promise<void> {
		await this.#set({ locale });
	}

	/** Chooses for this device. Rejects with StoreError. */
	async choose(change: Partial<NotificationChoices>): Promise<void> {
		await this.#set(change);
		// How long the push service takes is nobody's matter: the switch is on when it is kept.
		if (change.wanted !== undefined) void this.look().catch(this.#onError);
	}

	/** Asks the browser's question, after a press; answers whether notifications are allowed then. */
	async ask(): Promise<boolean> {
		if (this.#allowance === 'ask') await Notification.requestPermission();
		this.#allowance = allowance();
		const wanted = this.#allowance === 'granted';
		if (wanted) await this.choose({ wanted });
		return wanted;
	}

	/** Has the server send one on trial. Rejects with LinkError; answers false when no push service took it. */
	async test(): Promise<boolean> {
		await this.look();
		return (await this.#api.test()) > 0;
	}

	/** Looks at everything anew, and repairs what can be repaired. */
	async look(): Promise<void> {
		this.#allowance = allowance();
		const me = this.#client?.me.id;
		if (!me || !('serviceWorker' in navigator) || !('Notification' in globalThis)) return;
		const keep = async (): Promise<void> => {
			const parts = { me, browser: this.#browser, api: this.#api, notices: this.#store };
			this.#standing = await keepSubscribed(parts);
		};
		// Windows side by side must not subscribe one after the other.
		await aloneWithPush(keep);
	}

	async #open(): Promise<void> {
		const me = this.#client?.me.id;
		if (me) this.#note = await this.#store.read(me);
		await this.look();
	}

	async #set(change: Partial<NotificationChoices>): Promise<void> {
		const me = this.#client?.me.id;
		if (!me) return;
		try {
			this.#note = await this.#store.set(me, change);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			// A browser that keeps nothing: it holds until the window closes.
			this.#note = { ...this.#note, ...change };
			this.#onError(error);
		}
	}

	async #refreshShown({ me, messages }: Client): Promise<void> {
		const screen = this.#allowance === 'granted' ? await registration() : null;
		if (!screen) return;
		// What was chosen, also before this window has read it: words may have to stay hidden.
		const { preview } = await this.#store.read(me.id);
		const words = wordsIn(language.locale);
		await refreshShown(screen, messages.whatStands, words, { preview });
	}
}

export const notifications = new Notifications();
