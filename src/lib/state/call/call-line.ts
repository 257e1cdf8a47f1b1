/** What is asked of the server while in a call, now or never; and the mesh that is told over it. */
import { Mesh, type PeerView } from '../../net/rtc/mesh.ts';
import type { CallAnswer, SignalRequest } from '../../protocol/calls.ts';
import type { OverReason } from '../../sync/call/model.ts';
import { LinkError, type Clock } from '../../sync/ports.ts';
import type { CallLink } from '../client/call-link.ts';
import type { OwnDevices } from './own-devices.svelte.ts';

/** Why it did not go; throws what is no answer of the network. */
export function whyOf(error: unknown): OverReason {
	if (!(error instanceof LinkError)) throw error;
	const { fault } = error;
	return fault.kind === 'refused' ? { refused: fault.refusal.code } : 'unreachable';
}

function configOf({ ice, relay }: CallAnswer): RTCConfiguration {
	return {
		iceServers: (ice ?? []) as RTCIceServer[],
		iceTransportPolicy: relay ? 'relay' : 'all'
	};
}

/** Whether a relay is named among the servers. */
export const hasRelay = ({ ice }: CallAnswer): boolean =>
	(ice ?? []).some(({ urls }) => urls.some((url) => /^turns?:/u.test(url)));

/** ms for which servers without credentials are taken to be as they were. */
const PLAIN_LIFE = 600_000;

/** For how long what was answered holds (ms): its credentials name their end, in s since the epoch. */
function lifeOf({ ice }: CallAnswer, serverNow: number): number {
	const ends = (ice ?? []).flatMap(({ username }) => {
		const end = Number(/^(\d+):/u.exec(username ?? '')?.[1] ?? Number.NaN);
		return Number.isNaN(end) ? [] : [end * 1_000 - serverNow];
	});
	return ends.length > 0 ? Math.min(...ends) : PLAIN_LIFE;
}

interface MeshParts {
	link: CallLink;
	clock: Clock;
	devices: OwnDevices;
	/** the call that this device is in; null: in none any more */
	call: () => string | null;
	onHeard: (device: string, goodFor: number) => void;
	onGone: (device: string) => void;
	/** what the server has said of the way */
	onIce: (answer: CallAnswer) => void;
	/** friends of the person when the call began */
	friends: ReadonlySet<string>;
	onChange: (mesh: Mesh, views: readonly PeerView[]) => void;
	onError: (error: unknown) => void;
}

/** Begins to connect. @param answer of the server, which let this device in */
export function openMesh(parts: MeshParts, answer: CallAnswer): Mesh {
	const { link, devices, call } = parts;

	/** Whoever cannot be told now is told when the server says that they are there again. */
	async function tell(signal: Omit<SignalRequest, 'call'>): Promise<boolean> {
		const current = call();
		if (!current) return false;
		try {
			return await link.signal({ ...signal, call: current });
		} catch (error) {
			whyOf(error);
			return false;
		}
	}

	let config = configOf(answer);
	let isThereRelay = hasRelay(answer);
	/** elapsed ms at which it is asked for anew: half the life of credentials */
	let renewAt = parts.clock.elapsed() + lifeOf(answer, link.serverNow()) / 2;
	let asking: Promise<RTCConfiguration | null> | null = null;

	/** One request for all links that look for another way at the same time, and none while what there is holds. */
	async function freshConfig(): Promise<RTCConfiguration | null> {
		if (parts.clock.elapsed() < renewAt) return config;
		asking ??= askConfig().finally(() => (asking = null));
		return asking;
	}

	async function askConfig(): Promise<RTCConfiguration | null> {
		const current = call();
		if (!current) return null;
		try {
			const next = await link.ask({ do: 'ice', call: current });
			config = configOf(next);
			isThereRelay ||= hasRelay(next);
			renewAt = parts.clock.elapsed() + lifeOf(next, link.serverNow()) / 2;
			parts.onIce(next);
			return config;
		} catch (error) {
			whyOf(error);
			return null;
		}
	}

	const mesh: Mesh = new Mesh(
		{
			...parts,
			me: link.device,
			tracks: () => devices.sent,
			note: () => ({
				muted: devices.isSilent,
				camera: devices.sent.camera !== null,
				screen: devices.sent.screen !== null,
				want: { camera: true, screen: true }
			}),
			signal: (to, body) => tell({ ...body, to }),
			freshConfig,
			// As the server does with what is told: it takes addresses out between people who are no friends.
			isRelayed: (person) => isThereRelay && !parts.friends.has(person),
			onChange: (views) => parts.onChange(mesh, views)
		},
		config
	);
	return mesh;
}
