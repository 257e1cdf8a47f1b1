/** The page's side of searching in a worker: questions, answers, and what becomes of them when the worker ends. */
import type { SearchRequest } from '../../protocol/search.ts';
import { StoreError } from '../../sync/ports.ts';
import type { LocalSearch, LocalSearchAnswer } from './local-search.ts';
import type { FromSearchWorker, ToSearchWorker } from './worker-messages.ts';

/** What is used of a `Worker`. */
export interface WorkerLike {
	postMessage(message: ToSearchWorker): void;
	addEventListener(type: 'message', heard: (event: { data: unknown }) => void): void;
	addEventListener(type: 'error', failed: () => void): void;
	terminate(): void;
}

interface Question {
	message: ToSearchWorker;
	answered(message: FromSearchWorker): void;
	failed(error: unknown): void;
}

interface WorkerParts {
	account: string;
	start(): WorkerLike;
	/** called with what ended the upkeep of the index */
	onStopped(error: StoreError): void;
	/** The worker could not be started, or died: nobody searches here any more. */
	onBroken(): void;
}

/** Searches in a worker, which is started by the first question. */
export class WorkerSearch implements LocalSearch {
	private readonly parts: WorkerParts;
	private readonly open = new Map<number, Question>();
	private worker: WorkerLike | null = null;
	private asked = 0;
	private isBuilding = false;

	constructor(parts: WorkerParts) {
		this.parts = parts;
	}

	async search(ask: SearchRequest, signal?: AbortSignal): Promise<LocalSearchAnswer> {
		const answer = await this.ask((id) => ({ type: 'search', id, ask }), signal);
		if (answer.type !== 'found') throw new StoreError('broken', answer);
		return answer.answer;
	}

	async countUnprepared(): Promise<number> {
		const answer = await this.ask((id) => ({ type: 'count', id }));
		if (answer.type !== 'counted') throw new StoreError('broken', answer);
		return answer.unprepared;
	}

	/** Has the worker keep the index up to date, or no longer. */
	build(on: boolean): void {
		if (on === this.isBuilding) return;
		this.isBuilding = on;
		if (this.worker) this.worker.postMessage({ type: 'build', on });
		else if (on) this.start();
	}

	/** Ends the worker for now; it is started again by what is asked next, or by `resume`. */
	suspend(): void {
		this.worker?.terminate();
		this.worker = null;
	}

	/** Starts the worker again if anybody waits for it. */
	resume(): void {
		if (!this.worker && (this.isBuilding || this.open.size > 0)) this.start();
	}

	/** Ends it for good; whoever still waits is told so. */
	close(): void {
		this.suspend();
		this.isBuilding = false;
		for (const { failed } of this.open.values()) failed(new StoreError('closed'));
		this.open.clear();
	}

	private ask(
		make: (id: number) => ToSearchWorker,
		signal?: AbortSignal
	): Promise<FromSearchWorker> {
		const id = ++this.asked;
		return new Promise<FromSearchWorker>((answered, failed) => {
			signal?.throwIfAborted();
			signal?.addEventListener('abort', () => {
				if (!this.open.delete(id)) return;
				this.worker?.postMessage({ type: 'cancel', id });
				failed(signal.reason as Error);
			});
			const message = make(id);
			this.open.set(id, { message, answered, failed });
			if (this.worker) this.worker.postMessage(message);
			else this.start();
		});
	}

	/** Starts the worker and asks it all that is not answered. */
	private start(): void {
		const worker = this.startWorker();
		this.worker = worker;
		if (!worker) return;
		worker.addEventListener('message', ({ data }) => this.heard(data as FromSearchWorker));
		worker.addEventListener('error', () => this.broke(worker));
		worker.postMessage({ type: 'open', account: this.parts.account });
		if (this.isBuilding) worker.postMessage({ type: 'build', on: true });
		for (const { message } of this.open.values()) worker.postMessage(message);
	}

	/** null: this browser starts none. */
	private startWorker(): WorkerLike | null {
		try {
			return this.parts.start();
		} catch {
			this.broke(null);
			return null;
		}
	}

	private heard(message: FromSearchWorker): void {
		if (message.type === 'stopped') {
			this.parts.onStopped(new StoreError(message.reason));
			return;
		}
		const question = this.open.get(message.id);
		this.open.delete(message.id);
		if (message.type === 'failed') question?.failed(new StoreError(message.reason));
		else question?.answered(message);
	}

	private broke(worker: WorkerLike | null): void {
		if (this.worker !== worker) return;
		this.parts.onBroken();
		this.close();
	}
}
