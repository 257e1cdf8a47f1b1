/** What sending files needs from the world, beside ports.ts. */
import type { ActId, PersonId, RoomId } from '../protocol/ids.ts';
import type { Refusal } from '../protocol/refusal.ts';

/** A file that was chosen on this device and is on its way. */
export interface LocalFile {
	/** chosen here; the id under which the server will know it */
	id: string;
	room: RoomId;
	name: string;
	/** what the browser takes it for; the server decides by the bytes */
	type: string;
	/** bytes */
	size: number;
	/** px, of an image that this device can read */
	width: number | null;
	height: number | null;
	/** ms, of a film or a sound that this device can read; absent in what older releases kept */
	duration?: number | null;
	/** JPEG of such a film */
	poster?: Blob | null;
	/** device time in ms when it was chosen */
	at: number;
	state: 'waiting' | 'sent' | 'refused';
	/** bytes that the server has, as far as is known */
	sent: number;
	/** where the upload goes on; null before it has begun */
	url: string | null;
	/** SHA-256 of the bytes, hex; null until it was taken */
	sha256: string | null;
	refusal: Refusal | null;
}

/** Files on their way, kept beside the outbox with the same durability. Rejects with StoreError. */
export interface FileQueue {
	/** Resolves only once the bytes are durable. */
	add(file: LocalFile, bytes: Blob): Promise<void>;
	/** All files, the oldest first. */
	all(): Promise<LocalFile[]>;
	bytes(id: string): Promise<Blob | null>;
	/** Changes what is known of a file; passed over when it is gone. */
	change(id: string, change: Partial<Omit<LocalFile, 'id'>>): Promise<void>;
	remove(ids: string[]): Promise<void>;
	/** Calls back after any change, made by whichever tab; the answer ends it. */
	watch(changed: () => void): () => void;
}

/**
 * Files that were picked for the next message of a conversation, kept beside its draft until they are sent or
 * taken away (`OutboxStore.add` sends them). They stay on this device. Rejects with StoreError.
 */
export interface DraftFiles {
	/**
	 * Resolves only once the bytes are durable; with false when the conversation has as many as a message
	 * carries, and nothing was kept then.
	 */
	add(file: LocalFile, bytes: Blob): Promise<boolean>;
	/** Those of a conversation, in the order in which they were picked. */
	of(room: RoomId): Promise<LocalFile[]>;
	bytes(id: string): Promise<Blob | null>;
	/** Removes them with their bytes; ids that are gone are passed over. */
	remove(ids: readonly string[]): Promise<void>;
	/** Conversations that have any. */
	rooms(): Promise<RoomId[]>;
	/** Calls back after any change, made by whichever tab; the answer ends it. */
	watch(changed: () => void): () => void;
}

/** How a try to hand a file in ended. */
export type HandedIn =
	| { is: 'done' }
	/** for ever; the reason is for the person */
	| { is: 'refused'; refusal: Refusal }
	/** the network failed, or the server asks to come back: `after` ms, or when there is a link again */
	| { is: 'later'; after: number | null };

/** Hands one file in, going on where it was cut. Never rejects. */
export interface FileTransport {
	handIn(
		file: LocalFile,
		bytes: Blob,
		/** told where the upload goes on, and how far it is (bytes) */
		progress: (change: Pick<LocalFile, 'url' | 'sent'>) => void,
		stop: AbortSignal
	): Promise<HandedIn>;
}

export type { ActId, PersonId };
