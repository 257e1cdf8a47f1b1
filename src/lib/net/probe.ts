/** What stands between this device and the server? */
import type { LinkFault } from '../sync/ports.ts';

/** ms in which the health check has to be answered; it touches nothing on the server. */
const PROBE_WITHIN = 5_000;

/** How to reach the server over HTTP. */
export interface HttpParts {
	/** start of every address, without a slash at the end; empty: wherever the page came from */
	base?: string;
	fetch?: typeof fetch;
}

/**
 * Tells what an answer that is not one of ours means. A redirect or a page in the place of JSON is
 * a hotel's sign-in page or the like; an error of a proxy means that our server does not answer it.
 */
export function faultOf(response: Response): LinkFault {
	return response.status >= 500 ? { kind: 'unreachable' } : { kind: 'captive' };
}

/** The JSON of an answer, or undefined when it is something else. */
export async function jsonOf(response: Response): Promise<unknown> {
	const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
	if (!isJson) return undefined;
	try {
		return await response.json();
	} catch (error) {
		// Cut off or garbled on the way: no answer of ours.
		if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
		throw error;
	}
}

/** Asks for the server's health. "ours": it can be reached over HTTP. */
export async function probe(parts: HttpParts = {}): Promise<'ours' | LinkFault> {
	const ask = parts.fetch ?? fetch;
	try {
		const response = await ask(`${parts.base ?? ''}/api/health`, {
			cache: 'no-store',
			redirect: 'manual',
			signal: AbortSignal.timeout(PROBE_WITHIN)
		});
		const body = await jsonOf(response);
		return (body as { ok?: unknown } | undefined)?.ok === true ? 'ours' : faultOf(response);
	} catch (error) {
		if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
		return { kind: 'unreachable' };
	}
}
