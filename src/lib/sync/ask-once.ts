/**
 * A question of any tab that is no part of any stream. The link belongs to the tab that leads, so it goes
 * over a way that needs none.
 */
import { isRefused, type Answer, type RequestName, type Requests } from '../protocol/events.ts';
import { withLink } from './errand.ts';
import { LinkError, type Transport } from './ports.ts';

/** Rejects with LinkError when the server cannot be asked, or says no. */
export async function askOnce<N extends RequestName>(
	transport: Transport,
	name: N,
	question: Requests[N]['ask']
): Promise<Requests[N]['answer']> {
	return withLink(transport, async (link) => {
		const answer: Answer<N> = await link.ask(name, question);
		if (isRefused(answer)) throw new LinkError({ kind: 'refused', refusal: answer.refused });
		return answer as Requests[N]['answer'];
	});
}
