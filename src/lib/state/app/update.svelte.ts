/**
 * Registers the service worker and offers a new version when one is waiting. Nothing reloads by
 * itself while somebody looks: the person chooses, the waiting worker takes over, and only then
 * (controllerchange) does this window reload. Other windows reload once they are out of sight.
 */
import { version } from '$app/environment';
import type { Workbox } from 'workbox-window';
import { isReloadGuarded } from './reload-guard.ts';
import { followTakeovers } from './update-takeover.ts';
import { onResume } from '../client/on-resume.ts';
import { SERVICE_WORKER, workerUrl } from '../worker-url.ts';

/** How often a long-open window looks for a new version, in ms. */
const LOOK_EVERY = 60 * 60_000;

/** The worker wants to know which builds are still open, before it drops an old set of files. */
function isBuildQuestion(data: unknown): boolean {
	return typeof data === 'object' && data !== null && 'type' in data && data.type === 'which-build';
}

class Update {
	#state = $state<'none' | 'waiting' | 'elsewhere'>('none');
	#postponed = $state(false);
	#workbox: Workbox | null = null;
	#asked = false;
	#unavailable = $state(false);
	#url: string | null = null;
	/** a registration that is under way */
	#registering: Promise<void> | null = null;

	/** "waiting": can be taken; "elsewhere": another tab took it, this one must be reloaded. */
	get state(): 'none' | 'waiting' | 'elsewhere' {
		return this.#state;
	}

	get postponed(): boolean {
		return this.#postponed;
	}

	/** Whether this browser lets no worker run: the app then needs the network to start. */
	get unavailable(): boolean {
		return this.#unavailable;
	}

	/** To be called once per window, after the first view. */
	async start(): Promise<void> {
		if (!('serviceWorker' in navigator)) {
			this.#unavailable = true;
			return;
		}
		this.#listen();
		await this.#attempt(() => this.#register());
		onResume(() => void this.#attempt(() => this.#registerIfNone()));
		setInterval(() => void this.#attempt(() => this.#look()), LOOK_EVERY);
	}

	#listen(): void {
		navigator.serviceWorker.addEventListener('message', (event: MessageEvent<unknown>) => {
			if (isBuildQuestion(event.data)) event.ports[0]?.postMessage(version);
		});
		followTakeovers(
			navigator.serviceWorker,
			() => this.#state === 'waiting',
			() => this.#changed()
		);
	}

	async #attempt(act: () => Promise<void>): Promise<void> {
		try {
			await act();
			this.#unavailable = false;
		} catch (error) {
			// A private window, a setting, a blocker: the app works, and settings say what is missing.
			if (!(error instanceof Error)) throw error;
			this.#unavailable = !navigator.serviceWorker.controller;
		}
	}

	#register(): Promise<void> {
		this.#registering ??= this.#registerNow().finally(() => (this.#registering = null));
		return this.#registering;
	}

	async #registerNow(): Promise<void> {
		const { Workbox } = await import('workbox-window');
		this.#url ??= workerUrl(SERVICE_WORKER);
		const workbox = new Workbox(this.#url);
		workbox.addEventListener('waiting', () => void this.#attempt(() => this.#offer()));
		await workbox.register();
		this.#workbox = workbox;
		// A set that an older page still used when this build took over may be free by now.
		navigator.serviceWorker.controller?.postMessage({ type: 'tidy' });
	}

	/**
	 * A first installation that the network did not let finish leaves nothing behind, and the browser does
	 * not try again before the next visit, which may be one without a network.
	 */
	async #registerIfNone(): Promise<void> {
		if (!navigator.onLine) return;
		const known = await navigator.serviceWorker.getRegistration();
		if (!known?.installing && !known?.waiting && !known?.active) await this.#register();
	}

	async #look(): Promise<void> {
		await this.#registerIfNone();
		if (navigator.onLine) await this.#workbox?.update();
	}

	/** Firefox lets the first worker wait for a while, too: it is no new version. */
	async #offer(): Promise<void> {
		const known = await navigator.serviceWorker.getRegistration();
		if (!known?.active || !known.waiting) return;
		this.#state = 'waiting';
		this.#postponed = false;
	}

	#changed(): void {
		const isUnseen = (): boolean => document.visibilityState === 'hidden' && !isReloadGuarded();
		if (this.#asked || isUnseen()) {
			location.reload();
			return;
		}
		this.#state = 'elsewhere';
		this.#postponed = false;
		document.addEventListener('visibilitychange', () => {
			if (isUnseen()) location.reload();
		});
	}

	/** The person wants the new version. */
	take(): void {
		if (this.#state === 'elsewhere') {
			location.reload();
			return;
		}
		this.#asked = true;
		this.#workbox?.messageSkipWaiting();
	}

	postpone(): void {
		this.#postponed = true;
	}
}

export const update = new Update();
