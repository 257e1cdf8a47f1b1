/** Sends what is queued without a page: the service worker's part, and only when no tab leads. */
import type { ActId, PersonId } from '../../protocol/ids.ts';
import type { Clock, LocalStore, Lock, OutboxStore, Random, Transport } from '../ports.ts';
import { granted } from '../engine/request.ts';
import { withLink } from '../engine/with-link.ts';
import { waitsForFiles } from './files-of-acts.ts';
import type { FileQueue } from '../ports-files.ts';
import { createReplica } from '../engine/replica.ts';
import { ActSender } from './act-sender.ts';

interface DrainParts {
	me: PersonId;
	store: LocalStore;
	outbox: OutboxStore;
	/** files on their way: their messages wait for a page, which can go on with them */
	files?: FileQueue;
	transport: Transport;
	lock: Lock;
	clock: Clock;
	random: Random;
	/** called with the acts that the server has taken, before they leave the outbox */
	accepted: (ids: ActId[]) => void;
}

/**
 * Sends until the outbox is empty or has to wait.
 * @returns "done": nothing waits; "waiting": try again later; "led": a tab does it
 * @throws LinkError when the server could not be reached or the session ended
 */
export async function drainOutbox(parts: DrainParts): Promise<'done' | 'waiting' | 'led'> {
	let outcome: 'done' | 'waiting' | 'led' = 'led';
	await parts.lock.ifFree(async () => {
		outcome = await drain(parts);
	});
	return outcome;
}

async function drain(parts: DrainParts): Promise<'done' | 'waiting'> {
	const { me, store, outbox, transport, clock, random, accepted } = parts;
	const replica = createReplica(store, me);
	await replica.load();
	return withLink(transport, async (link) => {
		// B: the cookie may by now belong to somebody else; nothing of A is sent under B (promise 14).
		const heads = granted(await link.ask('heads', {}));
		if (heads.person.id !== me) return 'waiting';
		const sender = new ActSender({
			outbox,
			replica,
			clock,
			random,
			held: waitsForFiles(parts.files),
			note: () => undefined,
			accepted,
			sending: () => undefined
		});
		return (await sender.flush(link)) === null ? 'done' : 'waiting';
	});
}
