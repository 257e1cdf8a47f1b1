/** What the browser counts of a connection, in the few numbers that are looked at. */
import type { SoundCount } from '../../sync/call/hearing.ts';

export interface Counts extends SoundCount {
	/** pictures that were shown */
	frames: number;
	/** ms there and back; null: not measured yet */
	roundTrip: number | null;
	/** the way leads through a relay */
	relayed: boolean;
}

type Stat = Record<string, unknown> & { id: string; type: string };
const numberOf = (stat: Stat | undefined, name: string): number =>
	typeof stat?.[name] === 'number' ? stat[name] : 0;

/** Reads them now. */
export async function countsOf(connection: RTCPeerConnection): Promise<Counts> {
	const all: Stat[] = [];
	(await connection.getStats()).forEach((stat: Stat) => all.push(stat));
	const inbound = all.filter(({ type }) => type === 'inbound-rtp');
	const voice = inbound.find(({ kind }) => kind === 'audio');
	const pictures = inbound.filter(({ kind }) => kind === 'video');
	const pair = all.find((one) => one.type === 'candidate-pair' && one['nominated'] === true);
	const local = all.find(({ id }) => id === pair?.['localCandidateId']);
	const time = pair?.['currentRoundTripTime'];
	return {
		packets: numberOf(voice, 'packetsReceived'),
		samples: numberOf(voice, 'totalSamplesReceived'),
		concealed: numberOf(voice, 'concealedSamples'),
		frames: pictures.reduce((sum, one) => sum + numberOf(one, 'framesDecoded'), 0),
		roundTrip: typeof time === 'number' ? Math.round(time * 1_000) : null,
		relayed: local?.['candidateType'] === 'relay'
	};
}
