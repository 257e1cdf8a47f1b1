/**
 * Registers the service worker and offers a new version when one is waiting. Nothing reloads by
 * itself while somebody looks: the person chooses, the waiting worker takes over, and only then
 * (controllerchange) does this window reload. Other windows reload once they are out of sight.
 */
import { version } from '$app/environment';
import type { Workbox } from 'workbox-window';

/** How often a long-open window looks for a new version, in ms. */
const LOOK_EVERY = 60 * 60_000;

interface TrustedPolicies {
	createPolicy(
		name: string,
		rules: { createScriptURL: (url: string) => string }
	): { createScriptURL(url: string): string };
}

/** The worker's address, approved by the one policy that the content security policy allows. */
function workerUrl(): string {
	const url = '/service-worker.js';
	const policies = (window as { trustedTypes?: TrustedPolicies }).trustedTypes;
	if (!policies) return url;
	return policies
		.createPolicy('roost-worker', {
			createScriptURL: (wanted) => {
				if (wanted !== url) throw new TypeError('not the address of the service worker');
				return wanted;
			}
		})
		.createScriptURL(url);
}

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
		try {
			await this.#register();
		} catch (error) {
			// A private window, a setting, a blocker: the app works, and settings say what is missing.
			if (!(error instanceof Error)) throw error;
			this.#unavailable = true;
		}
	}

	async #register(): Promise<void> {
		if (!('serviceWorker' in navigator)) {
			this.#unavailable = true;
			return;
		}
		navigator.serviceWorker.addEventListener('message', (event: MessageEvent<unknown>) => {
			if (isBuildQuestion(event.data)) event.ports[0]?.postMessage(version);
		});
		const { Workbox } = await import('workbox-window');
		const workbox = new Workbox(workerUrl());
		this.#workbox = workbox;
		workbox.addEventListener('waiting', () => this.#offer());
		const before = navigator.serviceWorker.controller;
		navigator.serviceWorker.addEventListener('controllerchange', () => {
			// The very first worker takes over a page that is already whole: nothing to reload.
			if (before === null && this.#state === 'none') return;
			this.#changed();
		});
		await workbox.register();
		// A set that an older page still used when this build took over may be free by now.
		navigator.serviceWorker.controller?.postMessage({ type: 'tidy' });
		setInterval(() => void workbox.update(), LOOK_EVERY);
	}

	#offer(): void {
		this.#state = 'waiting';
		this.#postponed = false;
	}

	#changed(): void {
		if (this.#asked || document.visibilityState === 'hidden') {
			location.reload();
			return;
		}
		this.#state = 'elsewhere';
		this.#postponed = false;
		document.addEventListener('visibilitychange', () => {
			if (document.visibilityState === 'hidden') location.reload();
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
