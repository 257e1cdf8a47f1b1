/**
 * What screens see of this device: live values to read, verbs to call. Screens know nothing of
 * streams, cursors, sockets or databases. Every live value comes from the local store, so offline
 * is the ordinary case.
 */
import type { Live } from '../../db/live.ts';
import type { Prefs } from '../../db/prefs.ts';
import type { Card } from '../../protocol/change.ts';
import type { LinkStatus } from '../../sync/ports.ts';
import type { Act, StorageState } from './act.ts';
import type { CallLink } from './call-link.ts';
import type { ClientDevice } from './device.ts';
import type { ClientDraftFiles } from './draft-files.ts';
import type { ClientDrafts } from './drafts.ts';
import type { ClientMessages, ClientOutbox } from './messages.ts';
import type { ClientPeople } from './people.ts';
import type { Knowledge } from './knowledge/knowledge.ts';
import type { Exports } from './export/exports.ts';
import type { ClientRooms } from './rooms.ts';
import type { ClientSearch } from './search.ts';
import type { Shares } from './shares.ts';
export type { Live } from '../../db/live.ts';
export type { SharedDraft } from '../../db/drafts.ts';
export type { LastWords, Written } from '../../db/last-words.ts';
export type { Coverage, Neighbours } from '../../db/search-context.ts';
export type { ReadingPlace } from '../../db/reading-places.ts';
export type { Prefs } from '../../db/prefs.ts';
export type { News } from '../notifications/news.ts';
export type { OpensAt, TimelineSource, TimelineView } from '../../db/timeline-source.ts';
export type { ActDraft } from '../../sync/outbox/create-act.ts';
export type { Announcement, FileCard } from '../../protocol/change.ts';
export type { Draft } from '../../sync/ports.ts';
export type { LocalFile } from '../../sync/ports-files.ts';
export type * from '../../read-model/views.ts';
export type { ClientDraftFiles, DraftFile } from './draft-files.ts';
export type { Chosen } from './files.ts';
export type { KeepPolicy, RoomUsage, StorageUsage, TakenAlong } from './device.ts';
export type { WhoIsOnline } from './presence-and-typing.ts';
export type { Exports, PendingExport } from './export/exports.ts';
export type { ExportProgress } from './export/run-export.ts';
export type { DeviceFacts, Knowledge } from './knowledge/knowledge.ts';
export type { CheckReport } from './knowledge/self-check.ts';
export type { Finding } from '../../read-model/comparison.ts';
export type { StreamFacts, WaitingAct, WhyWaiting } from '../../read-model/device-facts.ts';
export type { InviteTerms } from './rooms.ts';
export type { ClientSearch, LocalSearchAnswer } from './search.ts';
export type { LeftOut, Share, SharedFile, Shares } from './shares.ts';

/** Everything the status line says. */
export interface ClientStatus extends LinkStatus {
	/** acts waiting, being sent included; read positions excluded */
	queued: number;
	/** acts that need the person */
	needsYou: number;
	/** whether this tab is the one that talks to the server */
	leader: boolean;
	storage: StorageState;
}

/** Why an account was closed: signed out in another tab, or the server ended the session. */
export type SignedOut = 'elsewhere' | 'session-ended';

/** The signed-in person's device. Made by `openClient`, ended by `close`. */
export interface Client {
	/** the person's card as it was when signing in */
	readonly me: Card;
	readonly status: Live<ClientStatus>;
	readonly rooms: ClientRooms;
	readonly messages: ClientMessages;
	readonly outbox: ClientOutbox;
	readonly people: ClientPeople;
	readonly drafts: ClientDrafts;
	/** Files that were picked and are not sent yet. */
	readonly draftFiles: ClientDraftFiles;
	/** What was shared into the app and is not said yet. */
	readonly shares: Shares;
	readonly device: ClientDevice;
	readonly search: ClientSearch;
	readonly calls: CallLink;
	/** Taking conversations out as a file; its code is loaded at the first call. */
	exports(): Promise<Exports>;
	/** What this device knows of its streams, and why; its code is loaded at the first call. */
	knowledge(): Promise<Knowledge>;
	/** Choices that hold on all devices of the person; made by the act "pref.set". */
	prefs(): Live<Prefs>;
	readonly act: Act;
	/** Try to reach the server now. */
	retryNow(): void;
	/** Calls back when the session ended. The answer ends it. */
	onSignedOut(run: (why: SignedOut) => void): () => void;
	/** Ends this tab's part; the data stay. */
	close(): Promise<void>;
}
