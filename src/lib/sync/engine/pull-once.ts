/** Brings a few streams up to date without a session: the worker's part, when a push has come. */
import { isRefused } from '../../protocol/events.ts';
import type { PersonId, StreamId } from '../../protocol/ids.ts';
import { withLink } from './with-link.ts';
import type { Transport } from '../ports.ts';
import { applyPull } from '../reconcile/reconcile.ts';
import type { Replica } from './replica.ts';

/** Pages asked for at most: who is further behind catches up when the app is opened. */
const PAGES = 5;

/**
 * Asks for what came after the cursors of these streams and of the own feed, and writes it. Rejects with
 * LinkError or StoreError; what was written stays.
 */
export async function pullOnce(
	replica: Replica,
	me: PersonId,
	transport: Transport,
	streams: StreamId[]
): Promise<void> {
	await withLink(transport, async (link) => {
		let wanted = [me, ...streams];
		for (let n = 0; n < PAGES && wanted.length > 0; n++) {
			const asked = wanted.map((id) => ({ id, cursor: replica.states.get(id)?.cursor ?? null }));
			const answer = await link.ask('pull', { streams: asked });
			if (isRefused(answer)) return;
			await replica.update((states) => applyPull(states, answer, me));
			wanted = answer.pages.flatMap((page) =>
				page.type === 'reset' || (page.type === 'page' && !page.complete) ? [page.stream] : []
			);
		}
	});
}
