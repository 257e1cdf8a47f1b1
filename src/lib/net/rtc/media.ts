/** Microphone, camera and screen of this device. What is refused or missing costs only itself (V24). */
import type { Tracks } from './senders.ts';

/** on: it works. refused: by the person or a policy. missing: there is none, or another app has it. */
type DeviceState = 'off' | 'on' | 'refused' | 'missing';

export interface MediaState {
	microphone: DeviceState;
	camera: DeviceState;
	muted: boolean;
	/** the system has taken the sound away for now */
	paused: boolean;
	sharing: boolean;
	/** label of the device that took the place of one that was unplugged; null: none */
	changedTo: string | null;
}

const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = {
	width: { ideal: 640 },
	height: { ideal: 480 },
	frameRate: { ideal: 20, max: 30 },
	facingMode: 'user'
};

/** The browser's devices; null: it has none for this page, for it did not come over https. */
export const browserDevices = (): MediaDevices | null =>
	(navigator.mediaDevices as MediaDevices | undefined) ?? null;

function needDevices(): MediaDevices {
	const devices = browserDevices();
	if (!devices) throw new DOMException('a call needs https', 'NotFoundError');
	return devices;
}

/** Why a device cannot be had. */
function stateOf(error: unknown): DeviceState {
	if (!(error instanceof DOMException)) throw error;
	return ['NotAllowedError', 'SecurityError'].includes(error.name) ? 'refused' : 'missing';
}

export class LocalMedia {
	private readonly onChange: () => void;
	private tracks: Tracks = { voice: null, camera: null, screen: null };
	private current: MediaState = {
		...{ microphone: 'off', camera: 'off', muted: false },
		...{ paused: false, sharing: false, changedTo: null }
	};
	private isOver = false;
	/** requests so far: what an older one brings comes too late */
	private readonly asked = { voice: 0, camera: 0 };

	/** @param onChange calls back after every change of what is sent or how it stands */
	constructor(onChange: () => void) {
		this.onChange = onChange;
	}

	get state(): MediaState {
		return this.current;
	}

	/** What is sent: silence is sent while muted, so that the others know that the way is good. */
	get sent(): Tracks {
		return this.tracks;
	}

	/** Asks for the microphone, and for the camera if wanted; each may be refused without the other. Never rejects for that. */
	async open(video: boolean): Promise<void> {
		await this.openVoice();
		// Whoever has hung up meanwhile is not asked for a camera.
		if (video && !this.isOver) await this.openCamera();
	}

	mute(muted: boolean): void {
		if (this.tracks.voice) this.tracks.voice.enabled = !muted;
		this.set({ muted });
	}

	async camera(on: boolean): Promise<void> {
		if (on) return this.openCamera();
		this.asked.camera++;
		this.put('camera', null);
		this.set({ camera: 'off' });
	}

	/** Shows a screen, or no longer. Whoever closes the browser's question shows nothing. */
	async share(on: boolean): Promise<void> {
		if (!on) return this.endSharing();
		try {
			const stream = await needDevices().getDisplayMedia({
				video: { frameRate: { ideal: 10, max: 15 } },
				audio: false
			});
			const [track] = stream.getVideoTracks();
			if (!track) return;
			if (this.isOver) return track.stop();
			track.contentHint = 'detail';
			track.onended = () => this.endSharing();
			this.put('screen', track);
			this.set({ sharing: true });
		} catch (error) {
			stateOf(error);
		}
	}

	/** Takes another microphone or camera. */
	async choose(kind: 'microphone' | 'camera', deviceId: string): Promise<void> {
		if (kind === 'camera') return this.openCamera(deviceId);
		return this.openVoice(deviceId);
	}

	/** Lets everything go. */
	close(): void {
		this.isOver = true;
		for (const slot of ['voice', 'camera', 'screen'] as const) this.put(slot, null);
	}

	private async openVoice(deviceId?: string): Promise<void> {
		const request = ++this.asked.voice;
		try {
			const audio = { ...VOICE, ...(deviceId ? { deviceId } : {}) };
			const stream = await needDevices().getUserMedia({ audio });
			if (this.take('voice', stream, request)) this.set({ microphone: 'on', paused: false });
		} catch (error) {
			const microphone = stateOf(error);
			if (request === this.asked.voice) this.set({ microphone });
		}
	}

	private async openCamera(deviceId?: string): Promise<void> {
		const request = ++this.asked.camera;
		try {
			const video = { ...PICTURE, ...(deviceId ? { deviceId } : {}) };
			const stream = await needDevices().getUserMedia({ video });
			if (this.take('camera', stream, request)) this.set({ camera: 'on' });
		} catch (error) {
			const camera = stateOf(error);
			if (request === this.asked.camera) this.set({ camera });
		}
	}

	/** @returns whether it is used: not when it came too late */
	private take(slot: 'voice' | 'camera', stream: MediaStream, request: number): boolean {
		const [track] = stream.getTracks();
		if (!track) return false;
		if (this.isOver || request !== this.asked[slot]) {
			track.stop();
			return false;
		}
		if (slot === 'voice') {
			track.enabled = !this.current.muted;
			track.onmute = () => this.set({ paused: true });
			track.onunmute = () => this.set({ paused: false });
		}
		track.onended = () => void this.replace(slot, track);
		this.put(slot, track);
		return true;
	}

	/** Unplugged: the next one of the system takes its place (V25); muted stays muted. */
	private async replace(slot: 'voice' | 'camera', gone: MediaStreamTrack): Promise<void> {
		if (this.isOver || this.tracks[slot] !== gone) return;
		this.put(slot, null);
		if (slot === 'voice') await this.openVoice();
		else await this.openCamera();
		const label = this.tracks[slot]?.label;
		if (label) this.set({ changedTo: label });
	}

	private endSharing(): void {
		this.put('screen', null);
		this.set({ sharing: false });
	}

	private put(slot: keyof Tracks, track: MediaStreamTrack | null): void {
		const before = this.tracks[slot];
		this.tracks = { ...this.tracks, [slot]: track };
		if (!before) return;
		before.onended = null;
		before.stop();
	}

	private set(change: Partial<MediaState>): void {
		this.current = { ...this.current, ...change };
		if (!this.isOver) this.onChange();
	}
}
