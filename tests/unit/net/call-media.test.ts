/** Microphone and camera of a device in a call: what comes too late is let go, what is not there costs only itself. */
import { afterEach, expect, test, vi } from 'vitest';
import { LocalMedia } from '../../../src/lib/net/rtc/media.ts';

afterEach(() => vi.unstubAllGlobals());

class Track {
	enabled = true;
	stopped = false;
	stop(): void {
		this.stopped = true;
	}
}

/** A browser that is asked for devices; each request waits until it is granted. */
function browser() {
	const requests: { kind: string; grant: () => Track }[] = [];
	const getUserMedia = (wanted: MediaStreamConstraints) =>
		new Promise((resolve) => {
			const track = new Track();
			const grant = (): Track => {
				resolve({ getTracks: () => [track] });
				return track;
			};
			requests.push({ kind: wanted.audio ? 'voice' : 'camera', grant });
		});
	vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
	return requests;
}

test('over plain http there are no devices: they are missing, and nothing throws', async () => {
	vi.stubGlobal('navigator', {});
	const media = new LocalMedia(() => undefined);
	await media.open(true);
	await media.share(true);
	expect(media.state).toMatchObject({ microphone: 'missing', camera: 'missing', sharing: false });
});

test('who has hung up is asked for no camera, and what was granted is let go', async () => {
	const requests = browser();
	const media = new LocalMedia(() => undefined);
	const opened = media.open(true);
	media.close();
	const track = requests[0]!.grant();
	await opened;
	expect(track.stopped).toBe(true);
	expect(requests.map(({ kind }) => kind)).toEqual(['voice']);
});

test('a camera that is granted after it was turned off, or after another one, is not used', async () => {
	const requests = browser();
	const media = new LocalMedia(() => undefined);
	const first = media.camera(true);
	await media.camera(false);
	expect(requests[0]!.grant().stopped).toBe(false);
	await first;
	expect(media.state.camera).toBe('off');
	expect(media.sent.camera).toBeNull();
	const second = media.choose('camera', 'one');
	const third = media.choose('camera', 'other');
	const latest = requests[2]!.grant();
	await third;
	const stale = requests[1]!.grant();
	await second;
	expect(stale.stopped).toBe(true);
	expect(media.sent.camera).toBe(latest);
});
