/**
 * A database that answers later, asked by a thread that waits for the answer. The index works step by step and has
 * nothing else to do meanwhile; the server's own thread asks the database and never waits.
 */
import {
	MessageChannel,
	receiveMessageOnPort,
	type MessagePort,
	type TransferListItem
} from 'node:worker_threads';
import type { DistantDatabase, MainDatabase } from './source-port.ts';

/** ms after which the thread gives the database up, and ends: another one follows. */
const ANSWER_WITHIN = 60_000;

/** The thread's end of the line. */
export interface DistantEnd {
	port: MessagePort;
	/** one number: 1 when an answer is there */
	flag: SharedArrayBuffer;
}

interface Question {
	name: keyof MainDatabase;
	asked: unknown[];
}
type Answer = { value: unknown } | { failed: true };

/**
 * Answers a thread from now on, until it ends.
 * @param onFailed called with what the database said instead of an answer; the thread ends then
 * @returns what the thread is started with, and what has to be handed over to it
 */
export function answerThread(
	database: DistantDatabase,
	onFailed: (error: unknown) => void
): { end: DistantEnd; transfer: TransferListItem[] } {
	const { port1, port2 } = new MessageChannel();
	const flag = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);

	function say(answer: Answer): void {
		port1.postMessage(answer);
		Atomics.store(new Int32Array(flag), 0, 1);
		Atomics.notify(new Int32Array(flag), 0);
	}

	port1.on('message', ({ name, asked }: Question) => {
		const ask = database[name] as (...asked: unknown[]) => Promise<unknown>;
		ask(...asked).then(
			(value) => say({ value }),
			(error: unknown) => {
				onFailed(error);
				say({ failed: true });
			}
		);
	});
	// The server does not live on for the thread's sake.
	port1.unref();
	return { end: { port: port2, flag }, transfer: [port2] };
}

/** The database as the thread sees it: it answers at once. */
export function createDistantSource({ port, flag }: DistantEnd): MainDatabase {
	const signal = new Int32Array(flag);

	function ask(name: keyof MainDatabase, asked: unknown[]): unknown {
		Atomics.store(signal, 0, 0);
		port.postMessage({ name, asked } satisfies Question);
		if (Atomics.wait(signal, 0, 0, ANSWER_WITHIN) === 'timed-out') {
			throw new Error(`the database did not answer the index: ${name}`);
		}
		const answer = receiveMessageOnPort(port)?.message as Answer | undefined;
		if (!answer || 'failed' in answer) throw new Error(`the database failed: ${name}`);
		return answer.value;
	}

	const question =
		<Q extends keyof MainDatabase>(name: Q) =>
		(...asked: Parameters<MainDatabase[Q]>) =>
			ask(name, asked) as ReturnType<MainDatabase[Q]>;
	return {
		between: question('between'),
		byNumber: question('byNumber'),
		last: question('last'),
		instance: question('instance'),
		past: question('past'),
		hasPast: question('hasPast'),
		changed: question('changed'),
		erasedRooms: question('erasedRooms')
	};
}
