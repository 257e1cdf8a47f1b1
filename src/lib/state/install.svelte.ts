/** Whether the app can be installed from here, and the browser's own question when it can. */

interface InstallPrompt extends Event {
	prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

const KEY = 'roost:install-hint';

class Install {
	#prompt = $state.raw<InstallPrompt | null>(null);
	#dismissed = $state(localStorage.getItem(KEY) === 'no');

	/** Catches the browser's offer; the answer ends it. */
	start(): () => void {
		const caught = (event: Event): void => {
			event.preventDefault();
			this.#prompt = event as InstallPrompt;
		};
		const done = (): void => {
			this.#prompt = null;
		};
		window.addEventListener('beforeinstallprompt', caught);
		window.addEventListener('appinstalled', done);
		return () => {
			window.removeEventListener('beforeinstallprompt', caught);
			window.removeEventListener('appinstalled', done);
		};
	}

	/** Whether the browser offers to install. */
	get possible(): boolean {
		return this.#prompt !== null;
	}

	/** Whether to offer it unasked. */
	get hinted(): boolean {
		return this.possible && !this.#dismissed;
	}

	async ask(): Promise<void> {
		const prompt = this.#prompt;
		this.#prompt = null;
		await prompt?.prompt();
	}

	dismiss(): void {
		this.#dismissed = true;
		localStorage.setItem(KEY, 'no');
	}
}

export const install = new Install();
