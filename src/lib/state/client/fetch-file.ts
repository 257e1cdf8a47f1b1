/** A file of a message as it is on the device, or else on the server. */
import { faultOf, jsonOf } from '../../net/probe.ts';
import { readRefused } from '../../net/read-answer.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import type { LinkFault } from '../../sync/ports.ts';

/** The bytes, or why there are none. */
export type FetchedFile =
	{ bytes: Blob } | { fault: LinkFault | { kind: 'refused'; refusal: Refusal } };

const UNREACHABLE: FetchedFile = { fault: { kind: 'unreachable' } };

/**
 * Asks the worker, which has what is kept, and the network behind it.
 * @param href address of the file
 * @param signal gives it up: then it rejects with what the signal says
 */
export async function fetchFile(href: string, signal: AbortSignal): Promise<FetchedFile> {
	try {
		const answer = await fetch(href, { signal });
		if (answer.ok) return { bytes: await answer.blob() };
		const refused = readRefused(await jsonOf(answer));
		return { fault: refused ? { kind: 'refused', refusal: refused.refused } : faultOf(answer) };
	} catch (error) {
		signal.throwIfAborted();
		// The network is away or broke off, or there is no room here for the bytes.
		if (error instanceof TypeError || error instanceof DOMException) return UNREACHABLE;
		throw error;
	}
}
