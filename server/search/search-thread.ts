/** Keeps the thread of the index running: one question at a time, and another thread when it fails or hangs. */
import { Worker } from 'node:worker_threads';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Clock } from '../domain/ports.ts';
import { FailedSearchError, type Hits, type SearchQuestion } from '../domain/search-port.ts';
import type { Log } from '../log.ts';
import { answerThread } from './distant-source.ts';
import type { ChangeNote } from './search-index.ts';
import type { DistantDatabase } from './source-port.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';

const PROGRAM = new URL('search-worker.ts', import.meta.url);
/** ms after the server's own start, unless somebody searches before. */
const START_AFTER = 3_000;
/** ms within which a question is answered: four times what a search may take. */
const ANSWER_WITHIN = 2_000;
/** ms after which somebody who could not be answered comes back. */
const RETRY_AFTER = 2_000;
/** ms before a thread that ended is followed by another; doubled each time that it ended by itself. */
const RESTART_AFTER = 1_000;
const RESTART_AFTER_MAX = 60_000;
/** ms that closing waits for a step that is under way. */
const CLOSE_WITHIN = 2_000;
/** MB of memory beyond which the thread is ended. */
const MEMORY_MAX = 256;

interface Asked {
	question: SearchQuestion;
	resolve: (hits: Hits) => void;
	reject: (error: RefusalError) => void;
	stopTimer: () => void;
	/** whether the thread has it */
	isSent: boolean;
}

interface ThreadOptions {
	/** path of the main database, or one that is not a file */
	main: string | DistantDatabase;
	/** path of the index */
	indexFile: string;
	clock: Clock;
	log: Log;
	/** the program of the thread; another one in tests */
	program?: URL;
}

export class SearchThread {
	readonly #options: ThreadOptions;
	#worker: Worker | null = null;
	#isReady = false;
	#asked: Asked | null = null;
	/** threads in a row that ended by themselves, and not over a question */
	#failures = 0;
	#isPausing = false;
	/** whether the thread is being ended because of a question */
	#isGivenUp = false;
	#isClosed = false;
	#stopStart: () => void;

	constructor(options: ThreadOptions) {
		this.#options = options;
		this.#stopStart = options.clock.after(START_AFTER, () => this.#start());
	}

	/** Whether the index is open. */
	get isReady(): boolean {
		return this.#isReady;
	}

	/**
	 * Asks the index; to be called when no other question is under way. Rejects with RefusalError("busy"), or with
	 * FailedSearchError when the thread has to be ended because of the question.
	 */
	find(question: SearchQuestion): Promise<Hits> {
		return new Promise((resolve, reject) => {
			const stopTimer = this.#options.clock.after(ANSWER_WITHIN, () => this.#giveUp());
			this.#asked = { question, resolve, reject, stopTimer, isSent: false };
			if (this.#isReady) this.#sendAsked();
			else if (!this.#worker && (this.#isClosed || this.#isPausing)) this.#refuse();
			else if (!this.#worker) this.#start();
		});
	}

	/** Says what was changed. A thread that starts later finds out by itself. */
	note(note: ChangeNote): void {
		this.#say({ kind: 'note', note });
	}

	/** Resolves when the files are closed. */
	async close(): Promise<void> {
		this.#isClosed = true;
		this.#stopStart();
		const worker = this.#worker;
		if (!worker) return;
		const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
		this.#say({ kind: 'close' });
		const stopTimer = this.#options.clock.after(CLOSE_WITHIN, () => void worker.terminate());
		await ended;
		stopTimer();
	}

	#start(): void {
		this.#stopStart();
		this.#isPausing = false;
		const { main, indexFile, log, program = PROGRAM } = this.#options;
		const distant =
			typeof main === 'string'
				? null
				: answerThread(main, (error) =>
						log.error({ err: error }, 'the index for searching was not answered')
					);
		const worker = new Worker(program, {
			workerData: { main: distant?.end ?? (main as string), indexFile } satisfies ThreadData,
			transferList: distant?.transfer ?? [],
			execArgv: [],
			resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX }
		});
		this.#worker = worker;
		worker.on('message', (message: FromThread) => this.#hear(message));
		worker.on('error', (error) => {
			this.#options.log.error({ err: error }, 'the index for searching failed');
		});
		worker.on('exit', () => this.#onExit());
	}

	#say(message: ToThread): void {
		this.#worker?.postMessage(message);
	}

	#sendAsked(): void {
		if (!this.#asked) return;
		this.#asked.isSent = true;
		this.#say({ kind: 'find', question: this.#asked.question });
	}

	#hear(message: FromThread): void {
		const { log } = this.#options;
		switch (message.kind) {
			case 'ready':
				this.#isReady = true;
				return this.#sendAsked();
			case 'begunAnew':
				return log.info({ why: message.why }, 'the index for searching is made anew');
			case 'built':
				return log.info({ ms: message.ms }, 'the index for searching is complete');
			case 'full':
				return log.warn('the disk is full: what is new cannot be searched for');
			case 'found':
				this.#failures = 0;
				this.#takeAsked()?.resolve(message.hits);
		}
	}

	#takeAsked(): Asked | null {
		const asked = this.#asked;
		this.#asked = null;
		asked?.stopTimer();
		return asked;
	}

	#refuse(): void {
		this.#takeAsked()?.reject(new RefusalError(refuse('busy', { after: RETRY_AFTER })));
	}

	/** Refuses a question over which the thread ends, and says what that costs everybody. */
	#refuseFailed(): void {
		const refusal = refuse('busy', { after: RETRY_AFTER });
		const took = ANSWER_WITHIN + RESTART_AFTER;
		this.#takeAsked()?.reject(new FailedSearchError(refusal, took));
	}

	/** An index that is ready and does not answer hangs; one that is not ready has much to open. */
	#giveUp(): void {
		if (!this.#isReady) return this.#refuse();
		this.#refuseFailed();
		this.#options.log.warn('the index for searching did not answer and is started again');
		this.#isReady = false;
		this.#isGivenUp = true;
		void this.#worker?.terminate();
	}

	#onExit(): void {
		const isAnswering = this.#asked?.isSent === true;
		const isOverQuestion = this.#isGivenUp || isAnswering;
		if (isAnswering) this.#refuseFailed();
		else this.#refuse();
		this.#worker = null;
		this.#isReady = false;
		this.#isGivenUp = false;
		if (this.#isClosed) return;
		this.#isPausing = true;
		// One person's question must not make the pause longer for everybody.
		const failures = isOverQuestion ? 0 : this.#failures++;
		const pause = Math.min(RESTART_AFTER * 2 ** failures, RESTART_AFTER_MAX);
		this.#stopStart = this.#options.clock.after(pause, () => this.#start());
	}
}
