/** How a call that comes is heard and seen outside of the page: the ring tone in one tab alone, and a notification while nobody looks. */
import type { Ring } from '../../protocol/calls.ts';
import type { Lock } from '../../sync/ports.ts';
import { language } from '../../i18n/language.svelte.ts';
import { closeRing, ringNotification } from '../../i18n/ring-notification.ts';
import type { Screen } from '../../i18n/notification.ts';
import { maySound } from '../play-notes.ts';
import type { ToneName } from './tones.ts';

interface RingSignsParts {
	lock: Lock;
	play: (tone: ToneName) => () => void;
	/** whether sounds are wanted on this device */
	mayHear: () => Promise<boolean>;
	/** where notifications are shown; null: they may not be */
	screen: () => Promise<Screen | null>;
	onError: (error: unknown) => void;
}

export class RingSigns {
	readonly #parts: RingSignsParts;
	#wanted: ToneName | null = null;
	#silence = new AbortController();
	#shown = new Set<string>();

	constructor(parts: RingSignsParts) {
		this.#parts = parts;
	}

	/** This is to be heard now; null: nothing. Incoming calls sound in one tab, one's own call in its own. */
	sound(tone: ToneName | null): void {
		if (tone === this.#wanted) return;
		this.#wanted = tone;
		this.#silence.abort();
		this.#silence = new AbortController();
		if (tone) this.#play(tone, this.#silence.signal).catch(this.#parts.onError);
	}

	/** These calls ring now: told by the system while the page is not seen. */
	show(rings: readonly Ring[]): void {
		const before = this.#shown;
		this.#shown = new Set(rings.map(({ call }) => call));
		const gone = [...before].filter((call) => !this.#shown.has(call));
		const come = rings.filter(({ call }) => !before.has(call));
		if (gone.length + come.length > 0) this.#tell(come, gone).catch(this.#parts.onError);
	}

	end(): void {
		this.sound(null);
		this.show([]);
	}

	async #play(tone: ToneName, silence: AbortSignal): Promise<void> {
		if (!(await this.#parts.mayHear()) || silence.aborted || !maySound()) return;
		const played = (): Promise<void> =>
			new Promise((resolve) => {
				const stop = this.#parts.play(tone);
				silence.addEventListener('abort', () => {
					stop();
					resolve();
				});
			});
		if (tone === 'ring') await this.#parts.lock.hold(played, silence);
		else await played();
	}

	async #tell(come: readonly Ring[], gone: readonly string[]): Promise<void> {
		const screen = await this.#parts.screen();
		if (!screen) return;
		for (const call of gone) await closeRing(screen, call);
		if (document.visibilityState === 'visible') return;
		for (const { call, room, by, video, until } of come) {
			if (!this.#shown.has(call)) continue;
			const words = { call, room, video, until, name: by.display ?? by.name, icon: by.avatar };
			// The tone is this page's own where it may sound.
			const { title, options } = ringNotification(words, language.locale, !maySound());
			await screen.showNotification(title, options);
		}
	}
}
