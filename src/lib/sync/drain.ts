/** Sends what is queued without a page: the service worker's part, and only when no tab leads. */
import type { PersonId } from '../protocol/ids.ts';
import {
	LinkError,
	type Clock,
	type LocalStore,
	type Lock,
	type OutboxStore,
	type Random,
	type Transport
} from './ports.ts';
import { withLink } from './errand.ts';
import { waitsForFiles } from './file-sender.ts';
import type { FileQueue } from './ports-files.ts';
import { createReplica } from './replica.ts';
import { createSender } from './outbox.ts';

export interface DrainParts {
	me: PersonId;
	store: LocalStore;
	outbox: OutboxStore;
	/** files on their way: their messages wait for a page, which can go on with them */
	files?: FileQueue;
	transport: Transport;
	lock: Lock;
	clock: Clock;
	random: Random;
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
	const { me, store, outbox, transport, clock, random } = parts;
	const replica = createReplica(store, me);
	await replica.load();
	return withLink(transport, async (link) => {
		// B: the cookie may by now belong to somebody else; nothing of A is sent under B (promise 14).
		const digest = await link.ask('digest', {});
		if ('refused' in digest) throw new LinkError({ kind: 'refused', refusal: digest.refused });
		if (digest.person.id !== me) return 'waiting';
		const sender = createSender({
			outbox,
			replica,
			clock,
			random,
			held: waitsForFiles(parts.files),
			note: () => undefined,
			sending: () => undefined
		});
		return (await sender.flush(link)) === null ? 'done' : 'waiting';
	});
}
