/** Friend requests and their answers reach the person concerned; new pictures reach everybody around. */
import type { Card, ContactRow, Row } from '../../../../src/lib/protocol/change.ts';
import type { PersonId, StreamId } from '../../../../src/lib/protocol/ids.ts';
import { personGroup } from '../../../socket/types.ts';
import type { CompatContext } from '../../context.ts';
import type { EventFacts, EventNeeds } from '../../ports.ts';
import { createSerializers } from '../../serializers.ts';
import { createViewer } from '../../viewer.ts';
import type { CompatNamespace } from '../types.ts';
import type { Audience } from './audience.ts';

export class ContactBroadcast {
	readonly #presence: CompatContext['presence'];
	readonly #main: CompatNamespace;
	readonly #audience: Audience;
	/** person who is connected -> people whose answer to a request is awaited */
	readonly #asked = new Map<PersonId, Set<PersonId>>();
	/** person who is connected -> picture as last sent */
	readonly #avatars = new Map<PersonId, string>();

	constructor(
		{ presence }: Pick<CompatContext, 'presence'>,
		main: CompatNamespace,
		audience: Audience
	) {
		this.#presence = presence;
		this.#main = main;
		this.#audience = audience;
	}

	/**
	 * A person is connected: requests the person has sent are known from now on, so that answers can be sent.
	 * @param asked people whose answer is awaited
	 */
	watch(person: PersonId, asked: readonly PersonId[], card: Card | null): void {
		if (this.#asked.has(person)) return;
		this.#asked.set(person, new Set(asked));
		this.#avatars.set(person, card?.avatar ?? '');
	}

	forget(person: PersonId): void {
		this.#asked.delete(person);
		this.#avatars.delete(person);
	}

	/** Says what a row of somebody's feed needs; nothing when no socket listens. */
	addNeeds(stream: StreamId, row: Row, needs: EventNeeds): void {
		if (row.kind === 'self' && this.#isNewPicture(row.card)) {
			needs.people.add(row.card.id);
			needs.circles.add(row.card.id);
		}
		if (row.kind !== 'contact' || this.#audience.isEmpty(personGroup(stream))) return;
		needs.people.add(stream);
		if (row.state === 'none') needs.changes.push({ stream, seq: row.rev });
	}

	/** Sends a request, or what became of one, as it stands in the feed of this person. */
	sendContact(person: PersonId, row: ContactRow, facts: EventFacts): void {
		if (this.#audience.isEmpty(personGroup(person))) return;
		const awaited = this.#asked.get(person);
		const wasAsked = awaited?.delete(row.id) ?? false;
		if (row.state === 'outgoing') awaited?.add(row.id);
		if (row.blocked) return;
		const { name, number: id } = row.card;
		const viewer = createViewer(this.#presence, facts.blocked.get(person));
		const card = createSerializers({ viewer, files: facts.files }).card(row.card);
		const sockets = this.#main.to(personGroup(person));
		if (row.state === 'incoming') {
			const message = `${name} wants to be your friend.`;
			sockets.emit('friend_request', { id, requester: card, message });
		} else if (wasAsked && row.state === 'friend') {
			const message = `${name} has accepted your friend request.`;
			sockets.emit('friend_request_accepted', { id, friend: card, message });
		} else if (wasAsked && row.state === 'none' && facts.actor(person, row.rev) !== person) {
			const message = `${name} has rejected your friend request.`;
			sockets.emit('friend_request_rejected', { id, friend: card, message });
		}
	}

	/** Sends a person's picture when it is new. */
	sendOwnCard(card: Card, facts: EventFacts): void {
		if (this.#isNewPicture(card)) this.sendAvatar(card.id, facts);
	}

	/** Sends a person's present picture to everybody around. */
	sendAvatar(person: PersonId, { cards, circles }: EventFacts): void {
		const [card, circle] = [cards.get(person), circles.get(person)];
		if (!card || !circle) return;
		const { number: user_id, name: username, avatar: avatar_url = '' } = card;
		this.#avatars.set(person, avatar_url);
		const around = this.#audience.around(person, circle);
		around.emit('user_avatar_updated', { user_id, username, avatar_url });
	}

	#isNewPicture({ id, avatar = '' }: Card): boolean {
		return (this.#avatars.get(id) ?? '') !== avatar;
	}
}
