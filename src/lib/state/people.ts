/** What a person does about other people, and about the way into a room. */
import type { Card } from '../protocol/change.ts';
import { directId, uuid7, type PersonId, type RoomId } from '../protocol/ids.ts';
import type { ActDraft } from '../sync/compose.ts';
import type { ActId } from '../protocol/ids.ts';
import type { Cache } from '../db/cache.ts';
import type { OutboxStore } from '../sync/ports.ts';
import { browserClock, browserRandom } from '../net/browser.ts';
import type { InviteTerms } from './client-types.ts';

interface PeopleParts {
	me: PersonId;
	cache: Cache;
	outbox: OutboxStore;
	act(draft: ActDraft): Promise<ActId>;
	/** Keeps a card until the log brings it. */
	remember(card: Card): void;
}

/** Verbs that make ids of their own. */
export interface People {
	/** Answers the room of the conversation with this person, and begins it where there is none yet. */
	openDirect(person: Card): Promise<RoomId>;
	/** Makes an invite link; it opens the room once the server has it. */
	makeInvite(room: RoomId, terms: InviteTerms): Promise<void>;
}

/** 128 random bits, base64url: what RFC 4648 calls "base64url" without padding. */
function newToken(): string {
	const bytes = browserRandom.bytes(16);
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');
}

export function createPeople({ me, cache, outbox, act, remember }: PeopleParts): People {
	async function isOpen(room: RoomId): Promise<boolean> {
		if (await cache.stream(room)) return true;
		const rows = await outbox.all();
		return rows.some((row) => row.act.kind === 'direct.open' && row.act.room === room);
	}

	return {
		async openDirect(person) {
			const room = directId(me, person.id);
			remember(person);
			if (!(await isOpen(room))) await act({ kind: 'direct.open', room, person: person.id });
			return room;
		},
		async makeInvite(room, { lasts, uses }) {
			await act({
				kind: 'invite.create',
				room,
				invite: uuid7(browserClock.now(), browserRandom.bytes(10)),
				token: newToken(),
				...(lasts === null ? {} : { lasts }),
				...(uses === null ? {} : { uses })
			});
		}
	};
}
