/** Friend requests and their answers reach the person concerned; new pictures reach everybody around. */
import type { Card, ContactRow } from '../../../../src/lib/protocol/change.ts';
import type { PersonId } from '../../../../src/lib/protocol/ids.ts';
import { personGroup } from '../../../socket/types.ts';
import type { CompatContext } from '../../context.ts';
import type { CompatNamespace } from '../types.ts';
import type { Audience } from './audience.ts';

export class ContactBroadcast {
	readonly #context: Pick<CompatContext, 'serializeFor' | 'store'>;
	readonly #main: CompatNamespace;
	readonly #audience: Audience;
	/** person who is connected -> people whose answer to a request is awaited */
	readonly #asked = new Map<PersonId, Set<PersonId>>();
	/** person who is connected -> picture as last sent */
	readonly #avatars = new Map<PersonId, string>();

	constructor(
		context: Pick<CompatContext, 'serializeFor' | 'store'>,
		main: CompatNamespace,
		audience: Audience
	) {
		this.#context = context;
		this.#main = main;
		this.#audience = audience;
	}

	/** A person is connected: requests the person has sent are known from now on, so that answers can be sent. */
	watch(person: PersonId): void {
		if (this.#asked.has(person)) return;
		const { store } = this.#context;
		const { outgoing } = store.requests(person);
		this.#asked.set(person, new Set(outgoing.map(({ card }) => card.id)));
		this.#avatars.set(person, store.card(person)?.avatar ?? '');
	}

	forget(person: PersonId): void {
		this.#asked.delete(person);
		this.#avatars.delete(person);
	}

	/** Sends a request, or what became of one, as it stands in the feed of this person. */
	sendContact(person: PersonId, row: ContactRow): void {
		if (this.#audience.isEmpty(personGroup(person))) return;
		const awaited = this.#asked.get(person);
		const wasAsked = awaited?.delete(row.id) ?? false;
		if (row.state === 'outgoing') awaited?.add(row.id);
		if (row.blocked) return;
		const { name, number: id } = row.card;
		const card = this.#context.serializeFor(person).card(row.card);
		const sockets = this.#main.to(personGroup(person));
		if (row.state === 'incoming') {
			const message = `${name} wants to be your friend.`;
			sockets.emit('friend_request', { id, requester: card, message });
		} else if (wasAsked && row.state === 'friend') {
			const message = `${name} has accepted your friend request.`;
			sockets.emit('friend_request_accepted', { id, friend: card, message });
		} else if (wasAsked && this.#isRejection(person, row)) {
			const message = `${name} has rejected your friend request.`;
			sockets.emit('friend_request_rejected', { id, friend: card, message });
		}
	}

	/** Sends a person's picture when it is new. */
	sendOwnCard({ id, avatar = '' }: Card): void {
		if ((this.#avatars.get(id) ?? '') !== avatar) this.sendAvatar(id);
	}

	/** Sends a person's present picture to everybody around. */
	sendAvatar(person: PersonId): void {
		const card = this.#context.store.card(person);
		if (!card) return;
		const { number: user_id, name: username, avatar: avatar_url = '' } = card;
		this.#avatars.set(person, avatar_url);
		this.#audience.around(person).emit('user_avatar_updated', { user_id, username, avatar_url });
	}

	/** Whether the other one ended the request, and not the person. */
	#isRejection(person: PersonId, { state, rev }: ContactRow): boolean {
		return state === 'none' && this.#context.store.actor(person, rev) !== person;
	}
}
