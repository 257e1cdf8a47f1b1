/**
 * Sends what happens to this API's sockets: committed changes, presence and typing, as events of its clients
 * (compat-api, section 5). Nothing of a room reaches a socket that has not joined it.
 */
import type { Frame } from '../../../src/lib/protocol/down.ts';
import type { PersonId, RoomId } from '../../../src/lib/protocol/ids.ts';
import { personGroup } from '../../socket/types.ts';
import type { Typing } from '../../socket/typing.ts';
import type { CompatContext } from '../context.ts';
import type { MessageView } from '../ports.ts';
import { createAudience, type Audience } from './broadcast/audience.ts';
import { ContactBroadcast } from './broadcast/contacts.ts';
import { enterStream, leaveStream, renameRoom } from './broadcast/membership.ts';
import { MessageBroadcast } from './broadcast/messages.ts';
import { createTypingBroadcast } from './broadcast/typing.ts';
import type { RejoinStore } from './rejoin-store.ts';
import { joinedGroup, type CompatNamespace, type JoinedRoom } from './types.ts';

interface BroadcasterOptions {
	context: CompatContext;
	main: CompatNamespace;
	typing: Typing;
	rejoinStore: RejoinStore;
}

export class EventBroadcaster {
	readonly #options: BroadcasterOptions;
	readonly #audience: Audience;
	readonly #messages: MessageBroadcast;
	readonly #contacts: ContactBroadcast;
	readonly #unsubscribe: () => void;
	#isClosed = false;

	/** Broadcasts from now on. */
	constructor(options: BroadcasterOptions) {
		const { context, main } = options;
		this.#options = options;
		this.#audience = createAudience(main, context.store);
		this.#messages = new MessageBroadcast(context, main, this.#audience);
		this.#contacts = new ContactBroadcast(context, main, this.#audience);
		this.#unsubscribe = this.#subscribe();
	}

	/** Number of the newest message sent to anybody. */
	lastNumber(): number {
		return this.#messages.lastNumber();
	}

	/** A message in a room, in the form of a person's socket. */
	payload(view: MessageView, room: Omit<JoinedRoom, 'from'>, viewer: PersonId): unknown {
		return this.#messages.payload(view, room, viewer);
	}

	/** A person is connected: what becomes of the person's friend requests is sent from now on. */
	watchRequests(person: PersonId): void {
		this.#contacts.watch(person);
	}

	forgetRequests(person: PersonId): void {
		this.#contacts.forget(person);
	}

	/** Sends a person's picture to everybody who shares a room or a friendship with the person. */
	sendAvatar(person: PersonId): void {
		this.#contacts.sendAvatar(person);
	}

	/** Tells a room that somebody who had joined it has left. */
	sendLeft(
		person: PersonId,
		room: RoomId,
		{ number: room_id, name }: Pick<JoinedRoom, 'number' | 'name'>
	): void {
		const card = this.#options.context.store.card(person);
		if (!card) return;
		const payload = { user_id: card.number, username: card.name, room_id, room: name };
		const others = this.#audience.in(joinedGroup(room), person).except(personGroup(person));
		others.emit('user_left', payload);
	}

	/** From now on nothing is sent: timers of presence and typing may outlive the store. */
	close(): void {
		this.#isClosed = true;
		this.#unsubscribe();
	}

	/** @returns ends the subscription to the domain */
	#subscribe(): () => void {
		const { context, main, typing } = this.#options;
		const sendTyping = createTypingBroadcast(context, main, this.#audience);
		typing.onUpdate((room, people) => {
			if (!this.#isClosed) sendTyping(room, people);
		});
		context.presence.onChange((person, online) => {
			if (!this.#isClosed) this.#sendPresence(person, online);
		});
		return context.domain.subscribe(({ membershipChanges, frames }) => {
			for (const { person, room, in: isIn } of membershipChanges) {
				if (isIn) enterStream(main, person, room);
				else this.#leave(person, room);
			}
			for (const frame of frames) this.#sendFrame(frame);
		});
	}

	#leave(person: PersonId, room: RoomId): void {
		const { main, rejoinStore } = this.#options;
		const joined = leaveStream(main, rejoinStore, person, room);
		if (joined) this.sendLeft(person, room, joined);
	}

	#sendFrame(frame: Frame): void {
		this.#messages.sendFrame(frame);
		for (const row of frame.rows) {
			if (row.kind === 'room') renameRoom(this.#options.main, frame.stream, row.name);
			if (row.kind === 'contact') this.#contacts.sendContact(frame.stream, row);
			if (row.kind === 'self') this.#contacts.sendOwnCard(row.card);
		}
	}

	#sendPresence(person: PersonId, online: boolean): void {
		const card = this.#options.context.store.card(person);
		if (!card || card.deleted) return;
		const payload = { user_id: card.number, username: card.name };
		const others = this.#audience.around(person);
		others.emit('user_status_update', { ...payload, is_online: online });
		others.emit(online ? 'user_online' : 'user_offline', payload);
	}
}
