/**
 * A question of any tab that is no part of any stream. The link belongs to the tab that leads, so it goes
 * over a way that needs none.
 */
import type { Refused } from '../../protocol/down.ts';
import { isRefused, type RequestName, type Requests } from '../../protocol/events.ts';
import { withLink } from './with-link.ts';
import { LinkError, type Transport } from '../ports.ts';

/** The answer; throws LinkError when the whole request was refused. */
export function granted<T extends object>(answer: T | Refused): T {
	if (isRefused(answer)) throw new LinkError({ kind: 'refused', refusal: answer.refused });
	return answer;
}

/** Rejects with LinkError when the server cannot be asked, or says no. */
export async function request<N extends RequestName>(
	transport: Transport,
	name: N,
	question: Requests[N]['ask']
): Promise<Requests[N]['answer']> {
	return withLink(transport, async (link) => granted(await link.ask(name, question)));
}
