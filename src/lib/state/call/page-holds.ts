/** What a page keeps while it is in a call: no reload unasked, the screen lit for pictures, keys of a headset. */
import { guardReload } from '../app/reload-guard.ts';

interface PageHoldsParts {
	hangUp: () => void;
	toggleMute: () => void;
	toggleCamera: () => void;
	/** the network is another one, as far as the browser says */
	networkChanged: () => void;
	onError: (error: unknown) => void;
}

/** Actions that are newer than the types of TypeScript. */
type CallAction = 'hangup' | 'togglemicrophone' | 'togglecamera';
interface CallMediaSession {
	setActionHandler(action: CallAction, handler: (() => void) | null): void;
	setMicrophoneActive?(active: boolean): void;
	setCameraActive?(active: boolean): void;
}

/** A browser that does not know the action says so, and nothing is lost. */
function setAction(action: CallAction, handler: (() => void) | null): void {
	const session = navigator.mediaSession as unknown as CallMediaSession | undefined;
	try {
		session?.setActionHandler(action, handler);
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
	}
}

export class PageHolds {
	readonly #parts: PageHoldsParts;
	readonly #ended = new AbortController();
	readonly #unguard = guardReload();
	#light: Promise<WakeLockSentinel | null> | null = null;

	constructor(parts: PageHoldsParts) {
		this.#parts = parts;
		setAction('hangup', parts.hangUp);
		setAction('togglemicrophone', parts.toggleMute);
		setAction('togglecamera', parts.toggleCamera);
		const { signal } = this.#ended;
		// The last words of a page that is closed.
		addEventListener('pagehide', parts.hangUp, { signal });
		addEventListener('online', parts.networkChanged, { signal });
		const { connection } = navigator as Navigator & { connection?: EventTarget };
		connection?.addEventListener('change', parts.networkChanged, { signal });
	}

	/** How microphone and camera stand now, for the system; pictures keep the screen lit. */
	show(microphone: boolean, camera: boolean, pictures: boolean): void {
		const session = navigator.mediaSession as unknown as CallMediaSession | undefined;
		session?.setMicrophoneActive?.(microphone);
		session?.setCameraActive?.(camera);
		if (pictures && !this.#light) this.#light = this.#lit();
		else if (!pictures) this.#dark();
	}

	end(): void {
		this.#ended.abort();
		this.#unguard();
		this.#dark();
		for (const action of ['hangup', 'togglemicrophone', 'togglecamera'] as const) {
			setAction(action, null);
		}
	}

	async #lit(): Promise<WakeLockSentinel | null> {
		try {
			return (await navigator.wakeLock?.request('screen')) ?? null;
		} catch (error) {
			// Saving its battery, or out of sight: the system decides.
			if (error instanceof DOMException) return null;
			throw error;
		}
	}

	#dark(): void {
		const light = this.#light;
		this.#light = null;
		light?.then((held) => held?.release()).catch(this.#parts.onError);
	}
}
