/** What a device may emit, each under the socket's limit, each answered whatever happens. */
import * as v from 'valibot';
import { REQUEST_NAMES, type RequestName } from '../../src/lib/protocol/events.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { LookRequest, TypingRequest } from '../../src/lib/protocol/up.ts';
import type { Clock } from '../domain/ports.ts';
import { parse, type Doors } from '../doors.ts';
import { limitEvents } from './bucket.ts';
import type { Presence } from './presence.ts';
import { streamGroup, type AppSocket } from './types.ts';
import type { Typing } from './typing.ts';

interface Parts {
	doors: Doors;
	presence: Presence;
	typing: Typing;
	clock: Clock;
	/** whether sockets are limited (RATE_LIMITS) */
	limited: boolean;
}

/** An acknowledgement as Socket.IO hands it over, if the sender asked for one. */
type Answered = (answer: unknown) => void;
const isAnswered = (value: unknown): value is Answered => typeof value === 'function';

export function listen(socket: AppSocket, parts: Parts): void {
	if (parts.limited) {
		limitEvents(socket, parts.clock, (event, wait) => {
			const answer = event.at(-1);
			if (isAnswered(answer)) answer({ refused: refuse('too_many', { after: wait }) });
		});
	}
	for (const name of REQUEST_NAMES) listenTo(socket, name, parts.doors);
	listenToGlances(socket, parts);
}

function listenTo(socket: AppSocket, name: RequestName, doors: Doors): void {
	// Sockets are typed for our own devices; what really arrives can be anything.
	const untyped = socket as unknown as {
		on(event: string, heard: (...sent: unknown[]) => void): void;
	};
	untyped.on(name, (...sent) => {
		const answer = sent.at(-1);
		if (!isAnswered(answer)) return;
		const { who, ready } = socket.data;
		ready
			.then(() => doors.answer(name, who, sent[0]))
			.then(answer, (fault: unknown) => answer({ refused: doors.refusalFor(fault, name) }));
	});
}

/** Looking and typing are never answered: what makes no sense is passed over. */
function listenToGlances(socket: AppSocket, { doors, presence, typing }: Parts): void {
	async function glance<S extends v.GenericSchema>(
		schema: S,
		raw: unknown,
		seen: (ask: v.InferOutput<S>) => void
	): Promise<void> {
		try {
			const ask = parse(schema, raw);
			await socket.data.ready;
			if (socket.connected) seen(ask);
		} catch (fault) {
			// A malformed glance is its sender's matter; anything else is written down by this.
			if (!(fault instanceof RefusalError)) doors.refusalFor(fault, 'glance');
		}
	}
	/** The group of a room's stream holds exactly those who may see it, at every moment. */
	const maySee = (room: string) => socket.rooms.has(streamGroup(room));

	socket.on('look', (raw: unknown) => {
		void glance(LookRequest, raw, (ask) => presence.look(socket, ask));
	});
	socket.on('typing', (raw: unknown) => {
		void glance(TypingRequest, raw, ({ room, on }) => {
			if (maySee(room)) typing.set(socket.data.who.person, room, on);
		});
	});
}
