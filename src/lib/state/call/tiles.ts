/** Everybody else in the call, as the screen shows them. Pure. */
import type { PeerView } from '../../net/rtc/mesh.ts';
import type { Card } from '../../protocol/change.ts';
import { NO_WAY_AFTER } from '../../sync/call/signs-of-life.ts';
import { silence, SILENT_AFTER, type OwnCall } from '../../sync/call/model.ts';

export interface Tile {
	device: string;
	card: Card;
	/** connecting: nothing has come yet. no-way: nor will it. gone: the window was closed. silent: nothing comes any more. */
	is: 'connecting' | 'no-way' | 'heard' | 'silent' | 'gone';
	/** s without anything; with "silent" */
	seconds: number;
	muted: boolean;
	voice: MediaStreamTrack | null;
	/** null: none is sent */
	camera: MediaStreamTrack | null;
	screen: MediaStreamTrack | null;
	/** ms there and back; null: not measured */
	roundTrip: number | null;
	relayed: boolean;
	/** whether the server has named a relay to this device */
	hasRelay: boolean;
	/** how one is heard there */
	hearsMe: 'good' | 'fair' | 'poor' | 'none' | null;
}

/**
 * @param elapsed ms, by the clock that only grows
 * @param hasRelay whether the server has named a relay
 */
export function tilesOf(
	own: OwnCall,
	views: readonly PeerView[],
	elapsed: number,
	hasRelay: boolean
): Tile[] {
	return own.peers.map((peer) => {
		const { device, card } = peer;
		const view = views.find((one) => one.device === device);
		const silent = silence(peer, elapsed);
		const note = view?.note ?? null;
		const is =
			silent === null
				? elapsed - peer.since > NO_WAY_AFTER
					? 'no-way'
					: 'connecting'
				: peer.gone
					? 'gone'
					: silent >= SILENT_AFTER
						? 'silent'
						: 'heard';
		return {
			...{ device, card, is, hasRelay, seconds: Math.floor((silent ?? 0) / 1_000) },
			muted: note?.muted ?? false,
			voice: view?.tracks.voice ?? null,
			camera: note?.camera ? (view?.tracks.camera ?? null) : null,
			screen: note?.screen ? (view?.tracks.screen ?? null) : null,
			roundTrip: view?.counts?.roundTrip ?? null,
			relayed: view?.counts?.relayed ?? false,
			hearsMe: note?.hears ?? null
		};
	});
}
