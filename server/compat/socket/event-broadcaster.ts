/**
 * Sends what happens to this API's sockets: committed changes, presence and typing, as events of its clients
 * (compat-api, section 5). Each is a turn (turns.ts). Nothing of a room reaches a socket that has not joined it.
 */
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { PersonId, RoomId } from '../../../src/lib/protocol/ids.ts';
import { personGroup } from '../../socket/types.ts';
import type { Typing } from '../../socket/typing.ts';
import type { CompatContext } from '../context.ts';
import type { EventFacts } from '../ports.ts';
import { createAudience, type Audience } from './broadcast/audience.ts';
import { ContactBroadcast } from './broadcast/contacts.ts';
import { moveStreams } from './broadcast/membership.ts';
import { MessageBroadcast } from './broadcast/messages.ts';
import { Publication } from './broadcast/publication.ts';
import { createTypingBroadcast } from './broadcast/typing.ts';
import { noNeeds, readFacts } from './event-needs.ts';
import type { Progress } from './progress.ts';
import type { RejoinStore } from './rejoin-store.ts';
import { TurnsClosedError } from './turns.ts';
import { joinedGroup, type CompatNamespace, type JoinedRoom } from './types.ts';

interface BroadcasterOptions {
	context: CompatContext;
	main: CompatNamespace;
	typing: Typing;
	rejoinStore: RejoinStore;
	progress: Progress;
}

/** What is told of somebody who has left a room. */
interface Leaver {
	card: Card | undefined;
	blocked: Iterable<PersonId> | undefined;
}

export class EventBroadcaster {
	readonly #options: BroadcasterOptions;
	readonly #audience: Audience;
	readonly #messages: MessageBroadcast;
	readonly #contacts: ContactBroadcast;
	readonly #unsubscribe: () => void;

	/** Broadcasts from now on. */
	constructor(options: BroadcasterOptions) {
		const { context, main } = options;
		this.#options = options;
		this.#audience = createAudience(main);
		this.#messages = new MessageBroadcast(context, main, this.#audience);
		this.#contacts = new ContactBroadcast(context, main, this.#audience);
		this.#unsubscribe = this.#subscribe();
	}

	/**
	 * A person is connected: what becomes of the person's friend requests is sent from now on.
	 * @param asked people whose answer is awaited
	 */
	watchRequests(person: PersonId, asked: readonly PersonId[], card: Card | null): void {
		this.#contacts.watch(person, asked, card);
	}

	forgetRequests(person: PersonId): void {
		this.#contacts.forget(person);
	}

	/** Sends a person's picture to everybody who shares a room or a friendship with the person. */
	sendAvatar(person: PersonId): Promise<void> {
		return this.#options.context.turns.take(async () => {
			const facts = await this.#readPeople([person]);
			return () => this.#contacts.sendAvatar(person, facts);
		});
	}

	/** Tells a room that somebody who had joined it has left; to be called in a turn. */
	sendLeft(
		{ card, blocked }: Leaver,
		room: RoomId,
		{ number: room_id, name }: Pick<JoinedRoom, 'number' | 'name'>
	): void {
		if (!card) return;
		const payload = { user_id: card.number, username: card.name, room_id, room: name };
		const others = this.#audience.in(joinedGroup(room), blocked).except(personGroup(card.id));
		others.emit('user_left', payload);
	}

	/** Takes a turn for which nobody waits, see `Turns.take`. @param doing names it in the log */
	follow(doing: string, read: () => Promise<() => void>, giveUp?: (error: unknown) => void): void {
		const { log, turns } = this.#options.context;
		turns.take(read, giveUp).catch((error: unknown) => {
			if (!(error instanceof TurnsClosedError)) log.error({ err: error, doing }, 'a turn failed');
		});
	}

	/**
	 * Takes a turn that tells all that was collected until it reads. @param take empties the collection: when the turn is
	 * given up before it has read, too; what comes after that is the next turn's
	 */
	#followAll<T>(doing: string, take: () => T, read: (all: T) => Promise<() => void>): void {
		let isTaken = false;
		this.follow(
			doing,
			() => {
				isTaken = true;
				return read(take());
			},
			(error) => {
				if (!isTaken) take();
				throw error;
			}
		);
	}

	/** Nothing new is heard of from now on. */
	close(): void {
		this.#unsubscribe();
	}

	/** @returns ends the subscription to the domain */
	#subscribe(): () => void {
		const { context, main, typing, rejoinStore, progress } = this.#options;
		const [audience, messages, contacts] = [this.#audience, this.#messages, this.#contacts];
		const sendTyping = createTypingBroadcast(context, main, audience);
		const sendLeft: EventBroadcaster['sendLeft'] = (...left) => this.sendLeft(...left);
		const publication = new Publication({
			...{ main, store: context.store, log: context.log, audience, messages, contacts },
			...{ rejoinStore, progress, sendLeft }
		});
		/** room -> who types there now, while the turn that sends it waits: one turn is enough for a room. */
		const waiting = new Map<RoomId, PersonId[]>();
		typing.onUpdate((room, people) => {
			if (!waiting.has(room)) {
				const take = () => {
					const latest = waiting.get(room) ?? [];
					waiting.delete(room);
					return latest;
				};
				this.#followAll('typing', take, (latest) => sendTyping(room, latest));
			}
			waiting.set(room, people);
		});
		/** who came and went while the turn that sends it waits: of a thousand who go at once, one turn tells */
		const moved: [PersonId, boolean][] = [];
		const takeMoved = () => moved.splice(0);
		context.presence.onChange((person, online) => {
			moved.push([person, online]);
			if (moved.length === 1) {
				this.#followAll('presence', takeMoved, (all) => this.#presence(all));
			}
		});
		return context.domain.subscribe((changes) => {
			moveStreams(main, changes.membershipChanges);
			const from = performance.now();
			const timed = (tell: () => void) => {
				tell();
				context.onTold?.((performance.now() - from) / 1_000);
			};
			this.follow(
				'publication',
				async () => {
					const send = await publication.read(changes);
					return () => timed(send);
				},
				(error) => timed(() => publication.giveUp(changes, error))
			);
		});
	}

	async #readPeople(people: readonly PersonId[]): Promise<EventFacts> {
		const needs = noNeeds();
		// Where nobody is connected nobody is told.
		for (const person of this.#options.main.sockets.size > 0 ? people : []) {
			needs.people.add(person);
			needs.circles.add(person);
		}
		return readFacts(this.#options.context.store, needs);
	}

	async #presence(moved: readonly [PersonId, boolean][]): Promise<() => void> {
		const facts = await this.#readPeople(moved.map(([person]) => person));
		return () => {
			for (const [person, online] of moved) this.#sendPresence(person, online, facts);
		};
	}

	#sendPresence(person: PersonId, online: boolean, { cards, circles }: EventFacts): void {
		const [card, circle] = [cards.get(person), circles.get(person)];
		if (!card || !circle || card.deleted) return;
		const payload = { user_id: card.number, username: card.name };
		const others = this.#audience.around(person, circle);
		others.emit('user_status_update', { ...payload, is_online: online });
		others.emit(online ? 'user_online' : 'user_offline', payload);
	}
}
