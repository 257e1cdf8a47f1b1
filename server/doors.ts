/**
 * What both doors, the socket and HTTP, have in common: a request is read, limited, answered by the
 * domain, and whatever goes wrong becomes an answer that the device understands.
 */
import * as v from 'valibot';
import type { Answer, RequestName } from '../src/lib/protocol/events.ts';
import { refuse, RefusalError, type Refusal } from '../src/lib/protocol/refusal.ts';
import {
	ActsRequest,
	AmendRequest,
	DigestRequest,
	FindRequest,
	HistoryRequest,
	InviteRequest,
	PullRequest
} from '../src/lib/protocol/up.ts';
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../src/lib/protocol/version.ts';
import type { Clock, Domain, Limiter, Who } from './domain/ports.ts';
import type { Log } from './log.ts';

/** A request not answered by now is answered with "busy" (S7); the device asks again under the same ids. */
const ANSWER_WITHIN = 5_000;
/** ms after which a device asks again when the server failed, or was too slow. */
const AFTER_FAULT = 2_000;

/** Reads what was sent; rejects with RefusalError("malformed") naming the field at fault. */
export function parse<S extends v.GenericSchema>(schema: S, raw: unknown): v.InferOutput<S> {
	const parsed = v.safeParse(schema, raw);
	if (parsed.success) return parsed.output;
	const field = v.getDotPath(parsed.issues[0]);
	throw new RefusalError(refuse('malformed', field ? { field } : {}));
}

/** The refusal for a device that speaks another version, or null when it is understood. */
export function versionProblem(version: number): Refusal | null {
	const spoken = version >= OLDEST_PROTOCOL_VERSION && version <= PROTOCOL_VERSION;
	return spoken ? null : refuse('update_required');
}

export interface Doors {
	/** Answers one request. Never rejects. */
	answer<N extends RequestName>(name: N, who: Who, raw: unknown): Promise<Answer<N>>;
	/** Turns anything thrown into the refusal that the asker is told; writes down what is our fault. */
	refusalFor(fault: unknown, doing: string): Refusal;
	/** From now on every request is told to come back. */
	close(): void;
}

interface Parts {
	domain: Domain;
	limiter: Limiter;
	clock: Clock;
	log: Log;
}

export function createDoors({ domain, limiter, clock, log }: Parts): Doors {
	/** Reading costs little, but not nothing: a flood is told to wait (promise 17). */
	async function reader(who: Who): Promise<Who> {
		await limiter.take('reads', who.person);
		return who;
	}

	const ways: { [N in RequestName]: (who: Who, raw: unknown) => Promise<Answer<N>> } = {
		async acts(who, raw) {
			const { acts } = parse(ActsRequest, raw);
			await limiter.take('acts', who.person, acts.length);
			return { results: await domain.acts(who, acts) };
		},
		pull: async (who, raw) => domain.pull(await reader(who), parse(PullRequest, raw)),
		history: async (who, raw) => domain.history(await reader(who), parse(HistoryRequest, raw)),
		amend: async (who, raw) => domain.amend(await reader(who), parse(AmendRequest, raw)),
		digest: async (who, raw) => domain.digest(await reader(who), parse(DigestRequest, raw)),
		find: async (who, raw) => domain.find(await reader(who), parse(FindRequest, raw)),
		invite: async (who, raw) => domain.invite(await reader(who), parse(InviteRequest, raw))
	};

	let closed = false;

	function refusalFor(fault: unknown, doing: string): Refusal {
		if (fault instanceof RefusalError) return fault.refusal;
		log.error({ err: fault, doing }, 'a request failed');
		return refuse('server_fault', { after: AFTER_FAULT });
	}

	return {
		refusalFor,
		close() {
			closed = true;
		},
		answer<N extends RequestName>(name: N, who: Who, raw: unknown): Promise<Answer<N>> {
			if (closed) return Promise.resolve({ refused: refuse('busy', { after: AFTER_FAULT }) });
			return new Promise((resolve) => {
				const stop = clock.after(ANSWER_WITHIN, () => {
					log.warn({ doing: name }, 'a request took too long');
					resolve({ refused: refuse('busy', { after: AFTER_FAULT }) });
				});
				ways[name](who, raw)
					.catch((fault: unknown) => ({ refused: refusalFor(fault, name) }))
					.then((answer) => {
						stop();
						resolve(answer);
					});
			});
		}
	};
}
