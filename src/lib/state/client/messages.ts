/** What is said: reading it, saying it, changing it, taking it back. */
import type { Cache } from '../../db/cache.ts';
import type { Live } from '../../db/live.ts';
import { whatStands, type Stands } from '../../db/notification-state.ts';
import { keepReadingPlace, readingPlace, type ReadingPlace } from '../../db/reading-places.ts';
import type { Queries } from '../../db/queries.ts';
import type { OpensAt, TimelineSource } from '../../db/timeline-source.ts';
import type { ActId, MessageId, RoomId } from '../../protocol/ids.ts';
import type { MessageItem, OutboxItem } from '../../read-model/views.ts';
import type { Hub } from '../../sync/engine/hub.ts';
import type { FetchRequest } from '../../sync/ports.ts';
import { watchNews, type News, type NewsParts } from '../notifications/news.ts';
import type { Act, Writing } from './act.ts';
import type { FileVerbs } from './files.ts';
import type { PresenceAndTyping } from './presence-and-typing.ts';

export interface ClientMessages extends Pick<FileVerbs, 'sendFiles' | 'localFiles' | 'localBytes'> {
	/** @param opensAt where it opens; without it at the newest messages */
	timeline(room: RoomId, opensAt?: OpensAt): TimelineSource;
	/** Where the reader left a conversation; null: at its end. */
	readingPlace(room: RoomId): ReadingPlace | null;
	/** Keeps where the reader is, at once. */
	keepReadingPlace(room: RoomId, place: ReadingPlace | null): void;
	/** The reader has reached a hole: fetch it. null: no longer. */
	fetchHistory(request: FetchRequest | null): void;
	/** Queues a text message; the outbox removes the draft that it was in the same transaction. */
	send(room: RoomId, body: string, reply?: MessageId): Promise<ActId>;
	/** Passes a message on to another room. */
	forward(item: MessageItem, room: RoomId): Promise<void>;
	/** Another text for one's own message, on the server or still queued. */
	edit(item: MessageItem, body: string): Promise<void>;
	/** Takes a message back; removes it from the queue when it was never sent. */
	recall(item: MessageItem): Promise<void>;
	/** Which form of a message this device has, as a report says it. */
	revOf(item: MessageItem): Promise<number>;
	/** Call while the person types; it ends by itself. null ends it at once. */
	setTyping(room: RoomId | null): void;
	/** Calls back with what was just said by others and is not read yet; the answer ends it. */
	onNews(run: (news: News[]) => void): () => void;
	/** What is left of a message that was told in a notification. */
	whatStands(room: RoomId, seq: number): Promise<Stands>;
	/** Calls back after any change of what is kept; the answer ends it. */
	onChange(changed: () => void): () => void;
}

/** What waits in the outbox. */
export interface ClientOutbox {
	list(): Live<OutboxItem[]>;
	/**
	 * Calls back with acts that the server has taken, a moment before they leave the list. What leaves it otherwise
	 * was given up. The answer ends it.
	 */
	onAccepted(run: (ids: readonly ActId[]) => void): () => void;
	/** Another text for an unsent message or edit, where it stands in the queue; false when it has gone. */
	rewrite(id: ActId, body: string): Promise<boolean>;
	/** Puts a refused act at the end of its lane again. */
	retry(id: ActId): Promise<void>;
	/** Gives an unsent act up. */
	discard(id: ActId): Promise<void>;
}

interface OutboxParts {
	queries: Queries;
	hub: Hub;
	files: FileVerbs;
	writing: Writing;
}

export function createOutbox({ queries, hub, files, writing }: OutboxParts): ClientOutbox {
	return {
		list: queries.outbox,
		onAccepted: (run) => hub.onAccepted(run),
		rewrite: (id, body) => writing(() => hub.queue.rewrite(id, body)),
		async retry(id) {
			await writing(() => hub.queue.retry(id));
		},
		discard: (id) => files.withFilesOf(id, () => hub.queue.discard(id))
	};
}

interface Parts extends OutboxParts {
	outbox: ClientOutbox;
	presence: PresenceAndTyping;
	news: NewsParts;
	cache: Cache;
	act: Act;
	/** false: the account is being closed or wiped, and nothing of it may be kept any more (promise 14) */
	isOpen: () => boolean;
}

export function createMessages(parts: Parts): ClientMessages {
	const { queries, hub, outbox, files, presence, act, writing } = parts;

	return {
		timeline: queries.timeline,
		readingPlace: (room) => readingPlace(parts.news.me, room),
		keepReadingPlace(room, place) {
			if (parts.isOpen()) keepReadingPlace(parts.news.me, room, place);
		},
		fetchHistory: (request) => hub.fetchHistory(request),
		async send(room, body, reply) {
			return act({ kind: 'message.post', room, body, ...(reply ? { reply } : {}) });
		},
		sendFiles: files.sendFiles,
		localFiles: files.localFiles,
		localBytes: files.localBytes,
		async forward(item, room) {
			await act({ kind: 'message.post', room, body: item.body, forward: item.id });
		},
		async edit(item, body) {
			if (item.delivery !== 'sent' && (await outbox.rewrite(item.id, body))) {
				if (item.delivery === 'refused') await hub.queue.retry(item.id);
				return;
			}
			if (item.change?.delivery === 'refused') await hub.queue.discard(item.change.id);
			await act({ kind: 'message.edit', room: item.room, message: item.id, body });
		},
		async recall(item) {
			if (item.delivery === 'refused') return outbox.discard(item.id);
			if (item.change?.delivery === 'refused') await hub.queue.discard(item.change.id);
			await files.withFilesOf(item.id, () => writing(() => hub.queue.recall(item.room, item.id)));
		},
		async revOf({ room, seq }) {
			const at = seq ?? 0;
			const [row] = await parts.cache.messages(room, at, at, 1, 'top');
			return row?.rev ?? at;
		},
		setTyping: (room) => presence.setTyping(room),
		onNews: (run) => watchNews(parts.news, run),
		whatStands: (room, seq) => whatStands(parts.cache, parts.news.me, room, seq),
		onChange: (changed) => parts.cache.watch(null, changed)
	};
}
