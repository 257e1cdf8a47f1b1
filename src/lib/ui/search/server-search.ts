/** Asks the server for results, page by page, one question at a time. */
import type { Card, MessageRow } from '../../protocol/change.ts';
import type { SearchAnswer, SearchRequest } from '../../protocol/search.ts';
import { LinkError } from '../../sync/ports.ts';
import { pause } from './pause.ts';

/** What the server found. */
interface ServerFound {
	rows: MessageRow[];
	cards: Card[];
	/** false: there may be more */
	isComplete: boolean;
}

/** Answers without a result after which nobody is kept waiting: the server stops looking after half a second each. */
const EMPTY_TURNS = 8;
/** Times that a busy server is asked again, and ms that are waited at most before that. */
const BUSY_TRIES = 3;
const BUSY_WAIT_MAX = 10_000;

export class ServerSearch {
	readonly #ask: (request: SearchRequest) => Promise<SearchAnswer | null>;
	#last: Promise<unknown> = Promise.resolve();

	/** @param ask null: there is no way to the server; rejects with LinkError when the server says no */
	constructor(ask: (request: SearchRequest) => Promise<SearchAnswer | null>) {
		this.#ask = ask;
	}

	/**
	 * Finds so many messages, or all there are. null: the server cannot be reached, or does not want to be asked.
	 * Rejects with the signal's reason when it is ended.
	 */
	async find(
		request: SearchRequest,
		wanted: number,
		signal: AbortSignal
	): Promise<ServerFound | null> {
		const found: ServerFound = { rows: [], cards: [], isComplete: false };
		let below: { below?: number } = {};
		for (let empty = 0; found.rows.length < wanted && empty < EMPTY_TURNS;) {
			const answer = await this.#answer({ ...request, ...below }, signal);
			if (!answer) return found.rows.length > 0 ? found : null;
			found.rows.push(...answer.rows);
			found.cards.push(...answer.cards);
			// A server that is not done with its index yet has no place to go on at.
			if (answer.next === null) return { ...found, isComplete: answer.complete };
			if (answer.rows.length === 0) empty += 1;
			below = { below: answer.next };
		}
		return found;
	}

	async #answer(request: SearchRequest, signal: AbortSignal): Promise<SearchAnswer | null> {
		for (let tries = 0; ; tries++) {
			try {
				return await this.#inTurn(request, signal);
			} catch (error) {
				if (!(error instanceof LinkError)) throw error;
				const { fault } = error;
				const after = fault.kind === 'refused' ? fault.refusal.after : undefined;
				if (after === undefined || tries >= BUSY_TRIES) return null;
				await pause(Math.min(after, BUSY_WAIT_MAX), signal);
			}
		}
	}

	/** What was asked before is waited for, whether or not it is still wanted: it is under way. */
	#inTurn(request: SearchRequest, signal: AbortSignal): Promise<SearchAnswer | null> {
		const answer = this.#last.then(() => {
			signal.throwIfAborted();
			return this.#ask(request);
		});
		this.#last = answer.catch(() => undefined);
		return answer;
	}
}
