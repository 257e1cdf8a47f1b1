/**
 * The way to the server over fetch: for the service worker, and for networks on which WebSocket is
 * blocked. Nothing comes by itself over it.
 */
import { anySignal } from '../sync/any-signal.ts';
import type { Answer, RequestName, Requests } from '../protocol/events.ts';
import { DEVICE_HEADER, PERSON_HEADER, VERSION_HEADER } from '../protocol/http.ts';
import { LIMITS } from '../protocol/limits.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import { LinkError, type Link, type LinkEvents, type Transport } from '../sync/ports.ts';
import { faultOf, jsonOf, type HttpParts } from './probe.ts';
import { readAnswer } from './read-answer.ts';

interface HttpTransportParts extends HttpParts {
	/** this device's uid */
	device: string;
	/** whose device it is: the server refuses when the cookie is somebody else's */
	person?: string;
}

/** Makes the transport. */
export function httpTransport(parts: HttpTransportParts): Transport {
	const send = parts.fetch ?? fetch.bind(globalThis);

	async function ask<N extends RequestName>(
		name: N,
		body: Requests[N]['ask'],
		closed: AbortSignal
	): Promise<Answer<N>> {
		let response: Response;
		try {
			response = await send(`${parts.base ?? ''}/api/sync/${name}`, {
				method: 'POST',
				credentials: 'same-origin',
				cache: 'no-store',
				redirect: 'manual',
				headers: {
					'content-type': 'application/json',
					[VERSION_HEADER]: String(PROTOCOL_VERSION),
					[DEVICE_HEADER]: parts.device,
					...(parts.person ? { [PERSON_HEADER]: parts.person } : {})
				},
				body: JSON.stringify(body),
				signal: anySignal([closed, AbortSignal.timeout(LIMITS.requestDeadline)])
			});
		} catch (error) {
			throw new LinkError({ kind: 'unreachable' }, error);
		}
		return read(name, response);
	}

	return {
		async connect(events) {
			const link = new HttpLink(ask, events);
			const answer = await link.ask('heads', {});
			if ('refused' in answer) {
				throw new LinkError({ kind: 'refused', refusal: answer.refused });
			}
			return link;
		}
	};
}

async function read<N extends RequestName>(name: N, response: Response): Promise<Answer<N>> {
	const raw = await jsonOf(response).catch((error: unknown) => {
		throw new LinkError({ kind: 'unreachable' }, error);
	});
	if (raw === undefined) throw new LinkError(faultOf(response));
	try {
		return readAnswer(name, raw);
	} catch (error) {
		throw new LinkError(faultOf(response), error);
	}
}

type Ask = <N extends RequestName>(
	name: N,
	ask: Requests[N]['ask'],
	closed: AbortSignal
) => Promise<Answer<N>>;

class HttpLink implements Link {
	readonly live = false;
	private readonly closed = new AbortController();
	private readonly send: Ask;
	private readonly events: LinkEvents;

	constructor(send: Ask, events: LinkEvents) {
		this.send = send;
		this.events = events;
	}

	async ask<N extends RequestName>(name: N, ask: Requests[N]['ask']): Promise<Answer<N>> {
		if (this.closed.signal.aborted) throw new LinkError({ kind: 'unreachable' });
		try {
			return await this.send(name, ask, this.closed.signal);
		} catch (error) {
			const known =
				error instanceof LinkError ? error : new LinkError({ kind: 'unreachable' }, error);
			if (!this.closed.signal.aborted) {
				this.closed.abort();
				this.events.down(known.fault);
			}
			throw error;
		}
	}

	// Who looks and who types is told only where the answer could come back by itself.
	watch(): void {}
	typing(): void {}

	close(): void {
		this.closed.abort();
	}
}
