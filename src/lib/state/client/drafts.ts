/** Texts not yet sent: on this device, and shared by the person's devices. */
import type { Cache } from '../../db/cache.ts';
import { keptDraft, watchDraft, type SharedDraft } from '../../db/drafts.ts';
import { keepLastWords, type LastWords } from '../../db/last-words.ts';
import type { Live } from '../../db/live.ts';
import type { OutboxReads } from '../../db/outbox-reads.ts';
import { browserClock, browserRandom } from '../../net/browser.ts';
import { uuid7, type PersonId, type RoomId } from '../../protocol/ids.ts';
import type { Draft, OutboxStore } from '../../sync/ports.ts';
import type { Writing } from './act.ts';

export interface ClientDrafts {
	/** A draft as it was saved last on this device, by any tab; null when there is none. */
	get(room: RoomId): Promise<Draft | null>;
	/** Keeps at once what stands in a window that goes away; null: `save` has come to its end. */
	keepAtOnce(room: RoomId, words: Omit<LastWords, 'at'> | null): void;
	/** Rejects with StoreError. An empty text removes the draft. */
	save(draft: Omit<Draft, 'at'>): Promise<void>;
	/** The draft that the person's devices share; handed over by the act "draft.save". */
	shared(room: RoomId): Live<SharedDraft>;
}

interface Parts {
	me: PersonId;
	cache: Cache;
	outbox: OutboxStore;
	unsent: OutboxReads;
	writing: Writing;
	onError: (error: unknown) => void;
}

export function createDrafts({ me, cache, outbox, unsent, writing, onError }: Parts): ClientDrafts {
	/** Names this window among those that keep last words. */
	const thisWindow = uuid7(browserClock.now(), browserRandom.bytes(10));
	return {
		get: (room) => keptDraft(room, { me, cache, outbox: unsent }),
		keepAtOnce: (room, words) =>
			keepLastWords(me, room, thisWindow, words && { ...words, at: browserClock.now() }),
		save: (draft) => writing(() => outbox.saveDraft({ ...draft, at: browserClock.now() })),
		shared: (room) => watchDraft(room, { cache, outbox: unsent, me, onError })
	};
}
