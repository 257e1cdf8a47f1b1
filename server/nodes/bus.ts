/**
 * Nodes speak to each other as servers of Socket.IO do, by its adapter for Redis. Sockets stay with the adapter in
 * memory, whose groups change at once (promise 11): see docs/decisions/0032-several-nodes.md.
 */
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Server } from 'socket.io';
import type { Clock } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { hearing, type Heard } from './hearing.ts';
import type { Bus } from './ports.ts';
import type { Redis } from './redis.ts';

/** ms for which an answer is waited for: together with what follows less than the 5 s of promise 13. */
const ANSWER_WITHIN = 4_000;
/** ms for which the adapter waits for something in its stream, and by which closing may be late. */
const BLOCK = 1_000;

interface BusOptions {
	redis: Redis;
	/** servers that speak of the same database hear each other */
	instance: string;
	clock: Clock;
	log: Log;
}

/** Socket.IO's way to speak to other servers, as far as it is used. */
interface Speaker {
	serverSideEmit(event: string, sent: string, done?: (error: Error | null) => void): boolean;
	on(event: string, heard: Heard): void;
}

export function createBus({ redis, instance, clock, log }: BusOptions): Bus {
	const io = new Server({
		adapter: createAdapter(adapterClient(redis, log), {
			streamName: `roost:${instance}`,
			channelPrefix: `roost:${instance}`,
			blockTimeInMs: BLOCK,
			onlyPlaintext: true
		})
	});
	const speaker = io.of('/') as unknown as Speaker;

	return {
		isUp: redis.isUp,
		onUp: redis.onUp,
		say(event, sent) {
			if (redis.isUp()) speaker.serverSideEmit(event, JSON.stringify(sent));
		},
		async ask(event, sent) {
			if (!redis.isUp()) return;
			await new Promise<void>((resolve) => {
				const stop = clock.after(ANSWER_WITHIN, () => {
					log.warn({ event }, 'another server does not answer');
					resolve();
				});
				speaker.serverSideEmit(event, JSON.stringify(sent), () => {
					stop();
					resolve();
				});
			});
		},
		on(event, heard) {
			speaker.on(event, hearing(event, heard, log));
		},
		// There is no server of HTTP below it that could be closed.
		close: () => void io.of('/').adapter.close()
	};
}

/**
 * What the adapter does with Redis. It waits for no answer to what it publishes, so that an error would be nobody's;
 * asked how many listen while Redis is away, nobody does.
 */
function adapterClient(redis: Redis, log: Log): object {
	const lost = (error: unknown) => log.debug({ err: error }, 'Redis did not take what was said');
	const { client } = redis;
	return {
		duplicate: () => neverFailing(redis.another()),
		// By this the adapter knows whose client it is.
		sSubscribe: () => undefined,
		publish: (channel: string, sent: Buffer) => client.publish(channel, sent).catch(lost),
		sendCommand: (command: string[]) =>
			client.sendCommand(command).catch((error: unknown) => {
				lost(error);
				return [command.at(-1), 1];
			})
	};
}

/** A client as far as the adapter opens and subscribes with it. */
interface Opened {
	readonly isOpen: boolean;
	connect(): Promise<unknown>;
	subscribe(...asked: never[]): Promise<void>;
}

/**
 * What the adapter waits for in vain nobody catches. A connection is never there when the server is closed before Redis
 * came; a subscription that is lost with its line is made again on the next.
 */
function neverFailing<C extends Opened>(client: C): C {
	const connect = client.connect.bind(client);
	const subscribe = client.subscribe.bind(client);
	client.connect = () => connect().catch(() => new Promise(() => undefined));
	client.subscribe = async (...asked) => {
		try {
			await subscribe(...asked);
		} catch {
			if (client.isOpen) await client.subscribe(...asked);
		}
	};
	return client;
}
