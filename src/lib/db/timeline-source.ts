/** What a screen sees of a conversation, and how it moves over it. */
import type { MessageId } from '../protocol/ids.ts';
import type { PinItem, Quote, Reader, TimelineItem } from '../read-model/views.ts';
import type { StreamState } from '../sync/ports.ts';
import type { Live } from './live.ts';

/** One screenful of a conversation and what lies beyond it. */
export interface TimelineView {
	/** from old to new; own unsent messages last */
	items: TimelineItem[];
	/** whether more messages (or a hole) lie above the first item */
	hasOlder: boolean;
	/** whether the window ends below the newest message held */
	hasNewer: boolean;
	/** seq up to which the person has read */
	read: number;
	/** false while nothing is known of the room yet: show that it is being fetched */
	known: boolean;
	/** the seq that the window was moved to, once it is one that the device knows of; null: none */
	around: number | null;
	/** how far the others have read, in direct conversations and small rooms */
	readers: Reader[];
}

/** The seq around which a conversation opens, by what is known of it; null: at the newest messages. */
export type OpensAt = (state: Pick<StreamState, 'read' | 'unread'>) => number | null;

/** A window on a conversation. Subscribing opens it. */
export interface TimelineSource extends Live<TimelineView> {
	/**
	 * Lets the window grow upwards by a page of what is held. At a hole it does nothing while there is
	 * a link, because the hole closes itself; without one it goes past it.
	 */
	older(): void;
	/** Lets the window grow downwards by a page. */
	newer(): void;
	/** Back to the newest messages, following them from now on. */
	toNewest(): void;
	/** Moves the window so that this seq, or the hole it is in, is inside, with a page on either side. */
	toSeq(seq: number): void;
	/** A message in short, for answering it; "absent" when it is not on this device. */
	quote(id: MessageId): Promise<Quote>;
	/** Pinned messages, the latest pin first. */
	readonly pins: Live<PinItem[]>;
}
