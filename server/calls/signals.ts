/** What two devices in a call may tell each other by the server. Pure. */
import type { SignalRequest } from '../../src/lib/protocol/calls.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';

/** Lines of media: voice, camera, screen; and the channel for what else there is to say. */
const MEDIA_MAX = 3;
const CHANNELS_MAX = 1;

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

/** Whether a description is one of ours: few parts, and each end known by a fingerprint that cannot be forged. */
function isDescription(sdp: string): boolean {
	const prints = sdp.match(/^a=fingerprint:.*$/gm) ?? [];
	const areStrong = prints.every((line) =>
		/^a=fingerprint:sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}\r?$/i.test(line)
	);
	if (prints.length === 0 || !areStrong) return false;
	const media = count(sdp, /^m=(audio|video) /gm);
	const channels = count(sdp, /^m=application /gm);
	return media <= MEDIA_MAX && channels <= CHANNELS_MAX && count(sdp, /^m=/gm) === media + channels;
}

/** Whether a signal has a form that is passed on. */
export function isSignal(signal: SignalRequest): boolean {
	if (Buffer.byteLength(JSON.stringify(signal)) > LIMITS.signalBytes) return false;
	return signal.description === undefined || isDescription(signal.description.sdp);
}

/** Whether a way goes through a relay, and names no address of the device; an empty one says that there are no more. */
const isRelayed = (candidate: string): boolean =>
	candidate === '' ||
	(/ typ relay( |$)/.test(candidate) && !/ raddr (?!0\.0\.0\.0 |:: )/.test(candidate));

/** What of a signal may be passed on where nobody is to learn the other's address (V38); null: nothing. */
export function relayedOnly(signal: SignalRequest): SignalRequest | null {
	const { description, candidates, ...rest } = signal;
	const named = description?.sdp.match(/^a=candidate:.*$/gm) ?? [];
	const isClean = named.every((line) => isRelayed(line.slice('a='.length).trimEnd()));
	const kept = candidates?.filter(({ candidate }) => isRelayed(candidate.trimEnd()));
	if (description && !isClean) return null;
	if (!description && candidates && kept!.length === 0) return null;
	return {
		...rest,
		...(description ? { description } : {}),
		...(kept ? { candidates: kept } : {})
	};
}
