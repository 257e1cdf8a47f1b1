/** Whether the app can be installed from here, the browser's own question when it can, and when to offer it unasked. */
import { isGoodMoment, type InstallFacts } from './install-moment.ts';
import { isInstalled } from './installed.ts';
import { isIos } from './ios.ts';

interface InstallPrompt extends Event {
	prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

const OFFERED = 'roost:install-hint';
const STARTS = 'roost:starts';

function read(key: string): string | null {
	try {
		return localStorage.getItem(key);
	} catch {
		// A browser that refuses storage cannot be told from one that is new: nothing is offered there.
		return null;
	}
}

function write(key: string, value: string): void {
	try {
		localStorage.setItem(key, value);
	} catch {
		// See above.
	}
}

class Install {
	#prompt = $state.raw<InstallPrompt | null>(null);
	#starts = $state(0);
	#offered = $state(read(OFFERED) !== null);
	#byHand = isIos() && !isInstalled();

	/** Catches the browser's offer, which comes once for each load of the page; the answer ends it. */
	start(): () => void {
		const ended = new AbortController();
		const { signal } = ended;
		window.addEventListener(
			'beforeinstallprompt',
			(event) => {
				event.preventDefault();
				this.#prompt = event as InstallPrompt;
			},
			{ signal }
		);
		window.addEventListener('appinstalled', () => (this.#prompt = null), { signal });
		return () => ended.abort();
	}

	/** Somebody is signed in: this start counts, once. */
	entered(): void {
		if (this.#starts > 0) return;
		this.#starts = (Number(read(STARTS)) || 0) + 1;
		write(STARTS, String(this.#starts));
	}

	/** How it can be installed from here; null: it cannot be, or it is. */
	get way(): InstallFacts['way'] {
		if (this.#prompt) return 'prompt';
		return this.#byHand ? 'by-hand' : null;
	}

	/** Whether to offer it now, unasked. @param settled the person is in a conversation */
	offers(settled: boolean): boolean {
		const { way } = this;
		return isGoodMoment({ way, starts: this.#starts, offered: this.#offered, settled });
	}

	/** It is on screen: it will not be at the next start. */
	shown(): void {
		write(OFFERED, 'yes');
	}

	async ask(): Promise<void> {
		const prompt = this.#prompt;
		this.#prompt = null;
		await prompt?.prompt();
	}

	dismiss(): void {
		this.#offered = true;
		write(OFFERED, 'yes');
	}
}

export const install = new Install();
