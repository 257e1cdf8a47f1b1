/** Several servers on one PostgreSQL: each is a node. They hear of each other by Redis, and of everything by the database. */
import { randomUUID } from 'node:crypto';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { Clock, Domain } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { personGroup, socketsIn, streamGroup, type AnyNamespace } from '../socket/types.ts';
import { createBus } from './bus.ts';
import type { SharedLists } from '../compat/socket/shared-rejoin.ts';
import { Others } from './others.ts';
import type { Bus, NodeReads } from './ports.ts';
import { createSharedLists } from './shared-lists.ts';
import type { Redis } from './redis.ts';
import { Relay, type LocalSockets } from './relay.ts';

export interface Nodes {
	bus: Bus;
	relay: Relay;
	others: Others;
	lists: SharedLists;
	/** Nobody is heard of any more. */
	close(): void;
}

interface NodesOptions {
	redis: Redis;
	/** id of the database */
	instance: string;
	reads: NodeReads;
	domain: Pick<Domain, 'subscribe'>;
	sessions: Pick<Sessions, 'noteEnded' | 'onEndedHere'>;
	clock: Clock;
	log: Log;
	/** told how many streams had to be read, because what was said of them did not come */
	onRead: (streams: number) => void;
}

/** Joins the other nodes. */
export function joinNodes(options: NodesOptions): Nodes {
	const { redis, sessions } = options;
	const bus = createBus(options);
	const relay = new Relay({ ...options, bus });
	const others = new Others({ ...options, bus, name: randomUUID() });
	bus.on('ended', (publicIds) => sessions.noteEnded(publicIds));
	sessions.onEndedHere((publicIds) => bus.ask('ended', publicIds));
	return {
		bus,
		relay,
		others,
		lists: createSharedLists(redis, options.instance),
		close() {
			others.close();
			relay.close();
			bus.close();
			redis.close();
		}
	};
}

/** The sockets of this node that are told of streams. A feed concerns all sockets of its person. */
export const socketsOf = (namespaces: readonly AnyNamespace[]): LocalSockets => ({
	listens: (stream) =>
		namespaces.some(
			({ adapter: { rooms } }) => rooms.has(streamGroup(stream)) || rooms.has(personGroup(stream))
		),
	peopleIn(stream) {
		const people = new Set<PersonId>();
		for (const namespace of namespaces) {
			for (const { data } of socketsIn(namespace, streamGroup(stream))) {
				people.add(data.actor.person);
			}
		}
		return [...people];
	}
});
