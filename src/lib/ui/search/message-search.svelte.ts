/**
 * A search that is on screen: asks this device at once and the server when typing pauses, keeps what both found, and
 * asks anew when anything changes in the conversations, so that what was recalled or edited does not stay in the list.
 */
import { untrack } from 'svelte';
import type { Card, MessageRow } from '../../protocol/change.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { SearchRequest } from '../../protocol/search.ts';
import type { Client, Coverage } from '../../state/client/client-types.ts';
import { askDevice } from './device-search.ts';
import { keepUnchanged, mergeRows } from './found.ts';
import { NO_CARDS, withCards } from './known.ts';
import { pause, Repeated } from './pause.ts';
import { ServerSearch } from './server-search.ts';

/** ms without a key press after which the server is asked. */
const SERVER_AFTER = 250;
/** ms after a change in a conversation before what is shown is read again; and at the latest. */
const AGAIN_AFTER = 400;
const AGAIN_WITHIN = 1_000;
/** Results of one page; and of one search in all. */
export const PAGE = 50;
const MOST = 300;

/** How far the server was asked: not at all, being asked, it cannot be reached, or answered (not yet everything). */
type ServerState = 'none' | 'asking' | 'offline' | 'answered' | 'partly';

/** No question. */
export const NOTHING = 'null';

interface Parts {
	client: Client;
	/** the JSON of what is asked, or NOTHING; read in an effect */
	question: () => string;
	/** whether the server can be reached; read in an effect */
	reachable: () => boolean;
	/** results that are wanted at first */
	limit?: number;
	onError: (error: unknown) => void;
}

export class MessageSearch {
	readonly #parts: Parts;
	readonly #serverSearch: ServerSearch;
	#stop = new AbortController();
	/** of the question that the server is being asked; null: none */
	#asking: AbortSignal | null = null;
	#question = NOTHING;
	#limit: number;
	#onDevice = $state.raw<readonly MessageRow[]>([]);
	#onServer = $state.raw<readonly MessageRow[]>([]);
	#cards = $state.raw<ReadonlyMap<PersonId, Card>>(NO_CARDS);
	#server = $state<ServerState>('none');
	#hasMoreHere = $state(false);
	#isFailing = $state(false);
	#unprepared = $state(0);
	#coverage = $state.raw<Coverage>({ rooms: 0, partial: 0 });
	/** the question that the rows answer */
	#answered = $state(NOTHING);

	/** What was found, the latest first. */
	readonly rows = $derived.by(() => mergeRows(this.#onDevice, this.#onServer));
	/** The question that was answered; null: none. */
	readonly answered = $derived.by(() => JSON.parse(this.#answered) as SearchRequest | null);

	/** To be made while a component is: it lives as long as that. */
	constructor(parts: Parts) {
		this.#parts = parts;
		this.#limit = parts.limit ?? PAGE;
		this.#serverSearch = new ServerSearch((ask) => parts.client.search.onServer(ask));
		$effect(() => {
			const question = parts.question();
			const isReachable = parts.reachable();
			untrack(() => this.#begin(question, isReachable));
		});
		$effect(() => {
			const again = new Repeated(AGAIN_AFTER, AGAIN_WITHIN, () => {
				this.#again();
				// What the server is being asked may be as it was before the change: asked once more after that.
				if (this.#isAsking) again.plan();
			});
			let isFirst = true;
			const end = parts.client.rooms.list().subscribe(() => {
				if (!isFirst && this.#question !== NOTHING) again.plan();
				isFirst = false;
			});
			return () => {
				again.stop();
				end();
			};
		});
		$effect(() => () => this.#stop.abort());
	}

	get cards(): ReadonlyMap<PersonId, Card> {
		return this.#cards;
	}
	get server(): ServerState {
		return this.#server;
	}
	/** Messages on this device that could not be looked at yet. */
	get unprepared(): number {
		return this.#unprepared;
	}
	/** Whether this device could not be searched. It is tried again when the connection changes. */
	get isFailing(): boolean {
		return this.#isFailing;
	}
	get coverage(): Coverage {
		return this.#coverage;
	}
	/** Results that are wanted. */
	get limit(): number {
		return this.#limit;
	}
	/** Whether there may be more than are shown. */
	get hasMore(): boolean {
		const isFull = this.rows.length >= MOST;
		return !isFull && (this.#hasMoreHere || this.#server === 'partly');
	}

	/** Reads a page more. */
	more(): void {
		this.#limit = Math.min(this.#limit + PAGE, MOST);
		this.#run((request, signal) => this.#askServer(request, signal));
	}

	/** Asks the same once more. */
	retry(): void {
		this.#begin(this.#question, untrack(this.#parts.reachable));
	}

	#begin(question: string, isReachable: boolean): void {
		const isSame = question === this.#question;
		this.#question = question;
		if (!isSame) this.#limit = this.#answered === NOTHING ? this.#limit : PAGE;
		if (question === NOTHING) this.#forget();
		else if (!isReachable) {
			this.#server = 'offline';
			this.#run();
		} else {
			this.#server = 'asking';
			this.#run(async (request, signal) => {
				await pause(SERVER_AFTER, signal);
				await this.#askServer(request, signal);
			});
		}
	}

	get #isAsking(): boolean {
		return this.#asking !== null && !this.#asking.aborted;
	}

	#forget(): void {
		this.#stop.abort();
		this.#onDevice = [];
		this.#onServer = [];
		this.#server = 'none';
		this.#hasMoreHere = false;
		this.#isFailing = false;
		this.#unprepared = 0;
		this.#answered = NOTHING;
	}

	/** What is shown, read again; as much of it as is shown. */
	#again(): void {
		if (this.#question === NOTHING) return;
		// A slow server whose answers were given up at every change would never be heard.
		if (this.#isAsking) {
			this.#run(undefined, this.#stop);
			return;
		}
		const isReachable = untrack(this.#parts.reachable);
		this.#run(isReachable ? (request, signal) => this.#askServer(request, signal) : undefined);
	}

	/**
	 * Asks this device.
	 * @param then what follows once it has answered
	 * @param stop of what is under way and goes on; a new one ends that
	 */
	#run(
		then?: (request: SearchRequest, signal: AbortSignal) => Promise<void>,
		stop = new AbortController()
	): void {
		if (stop !== this.#stop) this.#stop.abort();
		this.#stop = stop;
		const question = this.#question;
		const request = JSON.parse(question) as SearchRequest | null;
		if (!request) return;
		const run = async (): Promise<void> => {
			await this.#askDevice(request, question, stop.signal);
			if (!stop.signal.aborted) await then?.(request, stop.signal);
		};
		run().catch((error: unknown) => {
			if (!stop.signal.aborted) this.#parts.onError(error);
		});
	}

	async #askDevice(request: SearchRequest, question: string, signal: AbortSignal): Promise<void> {
		const { client, onError } = this.#parts;
		const asked = { ...request, limit: this.#limit };
		const answer = await askDevice(client.search, asked, signal, onError);
		if (signal.aborted) return;
		if (this.#answered !== question) this.#onServer = [];
		this.#isFailing = answer === null;
		this.#cards = withCards(this.#cards, answer?.cards.values() ?? []);
		this.#onDevice = keepUnchanged(this.rows, answer?.found.rows ?? []);
		this.#hasMoreHere = answer?.found.hasMore ?? false;
		this.#unprepared = answer?.found.unprepared ?? 0;
		if (answer) this.#coverage = answer.coverage;
		this.#answered = question;
	}

	/** As many results as are wanted by now, whatever an earlier question was given up at. */
	async #askServer(request: SearchRequest, signal: AbortSignal): Promise<void> {
		if (this.#server !== 'answered') this.#server = 'asking';
		this.#asking = signal;
		const found = await this.#serverSearch.find(request, this.#limit, signal);
		if (signal.aborted) return;
		this.#asking = null;
		if (!found) {
			this.#server = 'offline';
			return;
		}
		this.#cards = withCards(this.#cards, found.cards);
		this.#onServer = keepUnchanged(this.rows, found.rows);
		this.#server = found.isComplete ? 'answered' : 'partly';
	}
}
