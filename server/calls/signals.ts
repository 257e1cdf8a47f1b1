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

/**
 * A way through a relay without the device's own address, which browsers add to it; an empty one says that there are no more.
 * @returns null: it is none
 */
function relayedWay(candidate: string): string | null {
	if (candidate === '') return candidate;
	if (!/ typ relay( |$)/.test(candidate)) return null;
	return candidate
		.replaceAll(/ raddr \S+/g, ' raddr 0.0.0.0')
		.replaceAll(/ rport \S+/g, ' rport 0');
}

/** A description that names no address but those of relays: it stands for its end all the same. */
function relayedDescription(sdp: string): string {
	return sdp
		.replaceAll(/^a=(candidate:.*?)(\r?\n|\r?$)/gm, (_line, candidate: string, end: string) => {
			const way = relayedWay(candidate);
			return way === null ? '' : `a=${way}${end}`;
		})
		.replaceAll(/^c=IN IP[46] [^\r\n]*/gm, 'c=IN IP4 0.0.0.0')
		.replaceAll(/^a=rtcp:[^\r\n]*/gm, 'a=rtcp:9 IN IP4 0.0.0.0');
}

/** What of a signal may be passed on where nobody is to learn the other's address (V38); null: nothing. */
export function relayedOnly(signal: SignalRequest): SignalRequest | null {
	const { description, candidates, ...rest } = signal;
	const kept = candidates?.flatMap((one) => {
		const candidate = relayedWay(one.candidate.trimEnd());
		return candidate === null ? [] : [{ ...one, candidate }];
	});
	if (!description && kept?.length === 0) return null;
	return {
		...rest,
		...(description
			? { description: { ...description, sdp: relayedDescription(description.sdp) } }
			: {}),
		...(kept ? { candidates: kept } : {})
	};
}
