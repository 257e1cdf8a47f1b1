/**
 * The request dispatcher, the same for Socket.IO and HTTP: a request is parsed, limited and answered by the
 * domain, and whatever goes wrong becomes an answer that the device understands.
 */
import * as v from 'valibot';
import { CompareRequest } from '../src/lib/protocol/compare.ts';
import type { Answer, RequestName } from '../src/lib/protocol/events.ts';
import { refuse, RefusalError, type Refusal } from '../src/lib/protocol/refusal.ts';
import { CallRequest, SignalRequest } from '../src/lib/protocol/calls.ts';
import { MomentsRequest, SearchRequest } from '../src/lib/protocol/search.ts';
import {
	ActsRequest,
	RefreshRequest,
	HeadsRequest,
	FindRequest,
	HistoryRequest,
	InviteRequest,
	PullRequest
} from '../src/lib/protocol/up.ts';
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../src/lib/protocol/version.ts';
import type { CallAsks } from './calls/ports.ts';
import { RETRY_AFTER_ERROR } from './domain/constants.ts';
import type { Clock, Domain, Limiter, Actor } from './domain/ports.ts';
import type { Search } from './domain/search.ts';
import { refusalIn } from './domain/storage-refusal.ts';
import type { Log } from './log.ts';
import { ReadQueue } from './read-queue.ts';
import { asRequest } from './request-id.ts';

/** ms after which a request is answered with "busy" (SOCKET-7); the device asks again under the same ids. */
const ANSWER_WITHIN = 5_000;
const BUSY = { refused: refuse('busy', { after: RETRY_AFTER_ERROR }) };

/** Reads what was sent; rejects with RefusalError("malformed") naming the field that is wrong. */
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

/** Calls back once an answer that is about to be given has left this process, or its asker is gone. */
type WhenTaken = (taken: () => void) => void;

type Handlers = {
	[N in RequestName]: (actor: Actor, raw: unknown, whenTaken: WhenTaken) => Promise<Answer<N>>;
};

export interface Dispatcher {
	/**
	 * Answers one request. Never rejects.
	 * @param whenTaken calls back once the asker has taken the answer; absent: at once
	 */
	answer<N extends RequestName>(
		name: N,
		actor: Actor,
		raw: unknown,
		whenTaken?: WhenTaken
	): Promise<Answer<N>>;
	/** Turns anything thrown into a refusal; logs it unless it was one, or the database's. @param doing names the request in the log */
	refusalFor(error: unknown, doing: string): Refusal;
	/** From now on every request is answered with "busy". */
	close(): void;
}

interface DispatcherOptions {
	domain: Domain;
	search: Pick<Search, 'search'>;
	calls: CallAsks;
	limiter: Limiter;
	clock: Clock;
	log: Log;
}

/** What answers each kind of request; all of it may reject. */
function createHandlers({
	domain,
	search,
	calls,
	limiter
}: Pick<DispatcherOptions, 'domain' | 'search' | 'calls' | 'limiter'>): Handlers {
	const queue = new ReadQueue();

	/** Reading costs little, but not nothing: a flood is told to wait (promise 17). */
	async function limited(actor: Actor): Promise<Actor> {
		await limiter.take('reads', actor.person);
		return actor;
	}

	/** Reads whose answers may be large come in turn. */
	async function inTurn<A>(actor: Actor, whenTaken: WhenTaken, read: () => Promise<A>): Promise<A> {
		await limiter.take('reads', actor.person);
		const end = await queue.enter(actor.person);
		whenTaken(end);
		return read();
	}

	return {
		async acts(actor, raw) {
			const { acts } = parse(ActsRequest, raw);
			await limiter.take('acts', actor.person, acts.length);
			return { results: await domain.acts(actor, acts) };
		},
		pull: (actor, raw, whenTaken) =>
			inTurn(actor, whenTaken, async () => domain.pull(actor, parse(PullRequest, raw))),
		history: (actor, raw, whenTaken) =>
			inTurn(actor, whenTaken, async () => domain.history(actor, parse(HistoryRequest, raw))),
		refresh: (actor, raw, whenTaken) =>
			inTurn(actor, whenTaken, async () => domain.refresh(actor, parse(RefreshRequest, raw))),
		heads: async (actor, raw) => domain.heads(await limited(actor), parse(HeadsRequest, raw)),
		find: async (actor, raw) => domain.find(await limited(actor), parse(FindRequest, raw)),
		invite: async (actor, raw) => domain.invite(await limited(actor), parse(InviteRequest, raw)),
		search: (actor, raw, whenTaken) =>
			inTurn(actor, whenTaken, () => search.search(actor, parse(SearchRequest, raw))),
		moments: async (actor, raw) => domain.moments(await limited(actor), parse(MomentsRequest, raw)),
		call: async (actor, raw) => calls.ask(await limited(actor), parse(CallRequest, raw)),
		// Counted by the socket: it is the only way that a signal comes.
		signal: async (actor, raw) => calls.signal(actor, parse(SignalRequest, raw)),
		compare: (actor, raw, whenTaken) =>
			inTurn(actor, whenTaken, async () => domain.compare(actor, parse(CompareRequest, raw)))
	};
}

/** Answers the requests of all transports. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
	const { clock, log } = options;
	const handlers = createHandlers(options);
	let isClosed = false;

	function refusalFor(error: unknown, doing: string): Refusal {
		const known = refusalIn(error);
		if (known) return known;
		log.error({ err: error, doing }, 'a request failed');
		return refuse('server_fault', { after: RETRY_AFTER_ERROR });
	}

	/** The answer, or "busy" when it does not come in time. */
	function answerInTime<A>(name: RequestName, answer: Promise<A>): Promise<A | typeof BUSY> {
		return new Promise((resolve) => {
			const stop = clock.after(ANSWER_WITHIN, () => {
				log.warn({ doing: name }, 'a request took too long');
				resolve(BUSY);
			});
			void answer.then((made) => {
				stop();
				resolve(made);
			});
		});
	}

	return {
		refusalFor,
		close() {
			isClosed = true;
		},
		answer(name, actor, raw, whenTaken = (taken) => taken()) {
			if (isClosed) return Promise.resolve(BUSY);
			return asRequest(() => {
				const answer = handlers[name](actor, raw, whenTaken).catch((error: unknown) => ({
					refused: refusalFor(error, name)
				}));
				return answerInTime(name, answer);
			});
		}
	};
}
