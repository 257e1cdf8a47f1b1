/** What every part of the compatible API works with, and the few ways in which it uses the domain. */
import { randomBytes } from 'node:crypto';
import type { Card, Row } from '../../src/lib/protocol/change.ts';
import { uuid7, type PersonId } from '../../src/lib/protocol/ids.ts';
import { RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Registration } from '../../src/lib/protocol/server-view.ts';
import type { Act } from '../../src/lib/protocol/up.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { Limits } from '../auth/limits.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { Clock, Domain, Hasher, Pictures, Actor } from '../domain/ports.ts';
import type { Search } from '../domain/search.ts';
import type { Files } from '../files/file-service.ts';
import type { Log } from '../log.ts';
import type { Presence } from '../socket/presence.ts';
import { filesOf } from './files.ts';
import type { CompatStore, MessageView } from './ports.ts';
import { createSerializers, type Serializers } from './serializers.ts';
import type { SharedLists } from './socket/shared-rejoin.ts';
import { Turns } from './socket/turns.ts';
import { createViewer, type Viewer } from './viewer.ts';

/** What it needs to know of the configuration. */
interface CompatConfig {
	trustedProxies: number;
	/** origins whose pages may use it; null: all */
	corsOrigins: string[] | null;
	/** whether people without an account may write in public rooms */
	guests: boolean;
	/** folder for files that are under way */
	incomingDir: string;
	/** of this release, for the documents */
	version: string;
	/** whether sockets are limited (RATE_LIMITS) */
	rateLimits: boolean;
}

export interface CompatOptions {
	config: CompatConfig;
	domain: Domain;
	store: CompatStore;
	accounts: Accounts;
	/** who may make an account */
	registration: () => Promise<Registration>;
	sessions: Sessions;
	tokens: Tokens;
	hasher: Hasher;
	pictures: Pictures;
	files: Pick<Files, 'uploads' | 'table' | 'bytes' | 'remove'>;
	limits: Limits;
	/** by the rights of this API */
	search: Pick<Search, 'find'>;
	presence: Presence;
	clock: Clock;
	log: Log;
	/** where several servers keep what sockets had joined; null: there is one server */
	sharedLists: SharedLists | null;
	/** told how long the turn of each commit took, in seconds */
	onTold?: (seconds: number) => void;
}

type Bare<A> = A extends Act ? Omit<A, 'id' | 'at'> : never;
/** An act without what this server adds to it. */
type BareAct = Bare<Act>;

/** The options, and what HTTP and sockets do with them alike. */
export interface CompatContext extends CompatOptions {
	/** in which events are sent */
	turns: Turns;
	/** What somebody may know of others; null for one who is nobody in particular. */
	viewerFor(viewer: PersonId | null): Promise<Viewer>;
	/**
	 * What makes objects for a viewer; null for one who is nobody in particular.
	 * @param messages those of which it is to make objects
	 */
	serializeFor(viewer: PersonId | null, messages?: readonly MessageView[]): Promise<Serializers>;
	/** Does an act; answers the rows that it came to, once its events were sent. Rejects with RefusalError. */
	act(actor: Actor, act: BareAct): Promise<Row[]>;
	/** The message among the rows that an act came to. */
	messageIn(rows: Row[], author: Card): MessageView;
	/** An id for something that is made by this server. */
	newId(): string;
}

export function createCompatContext(options: CompatOptions): CompatContext {
	const { clock, domain, limits, presence, store } = options;
	const newId = () => uuid7(clock.now(), randomBytes(10));
	const turns = new Turns(clock);

	async function viewerFor(viewer: PersonId | null): Promise<Viewer> {
		if (viewer === null) return createViewer(presence);
		return createViewer(presence, new Set(await store.blockedWith(viewer)));
	}

	return {
		...options,
		newId,
		turns,
		viewerFor,
		async serializeFor(viewer, messages = []) {
			const carried = filesOf(messages.map(({ row }) => row));
			return createSerializers({
				viewer: await viewerFor(viewer),
				files: carried.length === 0 ? new Map() : await store.files(carried)
			});
		},
		async act(actor, act) {
			await limits.take('acts', actor.person);
			const [result] = await domain.acts(actor, [{ ...act, id: newId(), at: clock.now() }]);
			await turns.passed();
			if (result?.status === 'accepted') return result.rows;
			throw result ? new RefusalError(result.refusal) : new Error('an act without a result');
		},
		messageIn(rows, author) {
			const row = rows.find((one) => one.kind === 'message');
			if (!row) throw new Error('an act on a message without a message');
			return { row, author };
		}
	};
}
