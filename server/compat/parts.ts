/** What the compatible API is made of, and the few ways in which it uses the domain. */
import { randomBytes } from 'node:crypto';
import type { Card, Row } from '../../src/lib/protocol/change.ts';
import { uuid7 } from '../../src/lib/protocol/ids.ts';
import { RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Act } from '../../src/lib/protocol/up.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { Limits } from '../auth/limits.ts';
import type { Sessions } from '../auth/sessions.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { Clock, Domain, Hasher, Pictures, Who } from '../domain/ports.ts';
import type { Files } from '../files/files.ts';
import type { Log } from '../log.ts';
import type { Presence } from '../socket/presence.ts';
import type { CompatStore, MessageView } from './ports.ts';
import { createObjects, type Objects } from './objects.ts';

/** What it needs to know of the configuration. */
export interface CompatConfig {
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

export interface CompatParts {
	config: CompatConfig;
	domain: Domain;
	store: CompatStore;
	accounts: Accounts;
	sessions: Sessions;
	tokens: Tokens;
	hasher: Hasher;
	pictures: Pictures;
	files: Pick<Files, 'intake' | 'table' | 'bytes' | 'remove'>;
	limits: Limits;
	presence: Presence;
	clock: Clock;
	log: Log;
}

type Bare<A> = A extends Act ? Omit<A, 'id' | 'at'> : never;
/** An act without what this server adds to it. */
export type BareAct = Bare<Act>;

/** The parts, and what doors and sockets do with them alike. */
export interface Compat extends CompatParts {
	objects: Objects;
	/** Does an act; answers the rows that it came to. Rejects with RefusalError. */
	act(who: Who, act: BareAct): Promise<Row[]>;
	/** The message among the rows that an act came to. */
	messageIn(rows: Row[], author: Card): MessageView;
	/** An id for something that is made by this server. */
	newId(): string;
}

export function createCompatCore(parts: CompatParts): Compat {
	const { clock, domain, limits, presence, store } = parts;
	const newId = () => uuid7(clock.now(), randomBytes(10));
	return {
		...parts,
		newId,
		objects: createObjects({ isOnline: presence.isOnline, files: store }),
		async act(who, act) {
			await limits.take('acts', who.person);
			const [result] = await domain.acts(who, [{ ...act, id: newId(), at: clock.now() }]);
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
