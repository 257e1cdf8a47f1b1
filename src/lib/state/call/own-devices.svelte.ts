/** Microphone, camera and screen of this device while it is in a call, as the screen sees them. */
import { LocalMedia, type MediaState } from '../../net/rtc/media.ts';
import type { Tracks } from '../../net/rtc/senders.ts';
import { PageHolds } from './page-holds.ts';

export { browserDevices } from '../../net/rtc/media.ts';

interface OwnDevicesParts {
	/** what is sent, or how it stands, has changed */
	onChange: () => void;
	hangUp: () => void;
	networkChanged: () => void;
	onError: (error: unknown) => void;
}

export class OwnDevices {
	readonly #parts: OwnDevicesParts;
	readonly #media: LocalMedia;
	readonly #holds: PageHolds;
	#state: MediaState = $state.raw({
		...{ microphone: 'off', camera: 'off', muted: false },
		...{ paused: false, sharing: false, changedTo: null }
	});
	#camera = $state.raw<MediaStreamTrack | null>(null);

	constructor(parts: OwnDevicesParts) {
		this.#parts = parts;
		this.#media = new LocalMedia(() => this.#changed());
		this.#holds = new PageHolds({
			...parts,
			toggleMute: () => this.mute(!this.#state.muted),
			toggleCamera: () => void this.camera(this.#state.camera !== 'on')
		});
	}

	get state(): MediaState {
		return this.#state;
	}

	/** What the camera takes; null: nothing. */
	get picture(): MediaStreamTrack | null {
		return this.#camera;
	}

	/** What is sent. */
	get sent(): Tracks {
		return this.#media.sent;
	}

	/** Nothing is to be heard from here: silenced, or no microphone. */
	get isSilent(): boolean {
		return this.#media.state.muted || this.sent.voice === null;
	}

	/** Id of the microphone or camera that is used; null: none. */
	idOf(kind: 'microphone' | 'camera'): string | null {
		const track = this.sent[kind === 'camera' ? 'camera' : 'voice'];
		return track?.getSettings().deviceId ?? null;
	}

	/** Asks for what is needed; what is refused or missing costs only itself. */
	open(video: boolean): Promise<void> {
		return this.#media.open(video);
	}

	mute(muted: boolean): void {
		this.#media.mute(muted);
	}

	camera(on: boolean): Promise<void> {
		return this.#media.camera(on);
	}

	share(on: boolean): Promise<void> {
		return this.#media.share(on);
	}

	choose(kind: 'microphone' | 'camera', deviceId: string): Promise<void> {
		return this.#media.choose(kind, deviceId);
	}

	/** Lets everything go. */
	close(): void {
		this.#media.close();
		this.#holds.end();
	}

	#changed(): void {
		const { camera, screen } = this.sent;
		this.#state = this.#media.state;
		this.#camera = camera;
		this.#holds.show(!this.isSilent, camera !== null, camera !== null || screen !== null);
		this.#parts.onChange();
	}
}
