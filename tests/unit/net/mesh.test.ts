/** Whom a mesh listens to: devices that the server has named, as their people have them. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Mesh } from '../../../src/lib/net/rtc/mesh.ts';

class Connection {
	static made: Connection[] = [];
	connectionState = 'new';
	signalingState = 'stable';
	remoteDescription: { sdp: string } | null = null;
	offers: string[] = [];
	readonly config: RTCConfiguration;
	constructor(config: RTCConfiguration) {
		this.config = config;
		Connection.made.push(this);
	}
	createDataChannel(): object {
		return { readyState: 'connecting' };
	}
	getTransceivers(): [] {
		return [];
	}
	async setRemoteDescription(description: { sdp: string }): Promise<void> {
		this.offers.push(description.sdp);
	}
	close(): void {
		this.connectionState = 'closed';
	}
}

beforeEach(() => {
	Connection.made = [];
	vi.stubGlobal('RTCPeerConnection', Connection);
});
afterEach(() => vi.unstubAllGlobals());

const meshOf = (): Mesh =>
	new Mesh(
		{
			me: 'z',
			clock: { now: () => 0, elapsed: () => 0, after: () => () => undefined },
			tracks: () => ({ voice: null, camera: null, screen: null }),
			note: () => ({
				...{ muted: false, camera: false, screen: false },
				want: { camera: true, screen: true }
			}),
			signal: async () => true,
			freshConfig: async () => null,
			isRelayed: (person) => person === 'stranger',
			onHeard: () => undefined,
			onGone: () => undefined,
			onChange: () => undefined,
			// A description that is not answered here.
			onError: () => undefined
		},
		{}
	);

const offer = (person: string) => ({
	...{ call: 'c', g: 0, from: { device: 'd', person } },
	description: { type: 'offer' as const, sdp: `v=0 of ${person}` }
});

test('V36 hears nobody who names a device of somebody else, and has one link a device', async () => {
	const mesh = meshOf();
	mesh.heard(offer('eve'));
	mesh.keep([
		{ device: 'd', person: 'mia' },
		{ device: 'd', person: 'mia' }
	]);
	mesh.heard(offer('eve'));
	mesh.heard(offer('mia'));
	expect(Connection.made).toHaveLength(1);
	await vi.waitFor(() => expect(Connection.made[0]!.offers).toEqual(['v=0 of mia']));
	mesh.close();
});

test('V38 what goes to somebody who is not to learn the address goes through the relay alone', () => {
	const mesh = meshOf();
	mesh.keep([
		{ device: 'd', person: 'mia' },
		{ device: 'e', person: 'stranger' }
	]);
	const policies = Connection.made.map(({ config }) => config.iceTransportPolicy ?? 'all');
	expect(policies).toEqual(['all', 'relay']);
	mesh.close();
});
