/**
 * Bearer tokens of the compatible API: sessions like those of the app, kept as hashes in the same table
 * and ended by the same hands, but never in a cookie. Those that signing in makes last a week; those
 * that a person makes for a bot last until they are revoked.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { SessionTable, StoredSession } from '../store/sqlite/sessions.ts';
import type { Sessions } from './sessions.ts';

/** ms that a token from signing in lasts (compat-api, rule 1.3). */
const LASTS = 7 * 86_400_000;
/** The last moment that a Date can name: for ever. */
const FOR_EVER = 8.64e15;
/** ms between two notes of when a token was last used. */
const USED_EVERY = 60_000;
/** Characters of a program's name that are kept. */
const AGENT_MAX = 200;
/** Live tokens from signing in that one account has at most; the one unused for longest makes way. */
const API_MAX = 200;
/** Tokens for bots that one account has at most. */
const BOTS_MAX = 50;
/** Begins every token for a bot, so that programs which look for leaked secrets find it. */
const BOT_PREFIX = 'roost_';
/** Longer ones are not even hashed. */
const TOKEN_MAX = 200;

/** Whoever a token stands for. */
export interface Bearer {
	person: PersonId;
	/** public id of its session */
	session: string;
}

export interface Tokens {
	/** Makes the token of a sign-in. @param agent what the program calls itself */
	begin(person: PersonId, agent: string): { token: string; session: string };
	identify(token: string): Bearer | null;
	/** Makes a token for a bot. @throws RefusalError when there are too many */
	createForBot(person: PersonId, name: string): { token: string; made: StoredSession };
	/** A person's tokens for bots, the one used last first. */
	ofBots(person: PersonId): StoredSession[];
	/** Ends one of the person's tokens for bots; false when there is none under this public id. */
	revoke(person: PersonId, publicId: string): boolean;
}

const hashed = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * @param sessions ends sessions, and tells it to those who hold their sockets
 * @param now ms since the epoch
 */
export function createTokens(table: SessionTable, sessions: Sessions, now = Date.now): Tokens {
	function insert(
		person: PersonId,
		kind: 'api' | 'bot',
		agent: string
	): { token: string; made: StoredSession } {
		const secret = randomBytes(32).toString('base64url');
		const token = kind === 'bot' ? `${BOT_PREFIX}${secret}` : secret;
		const made: StoredSession = {
			id: hashed(token),
			publicId: randomBytes(12).toString('base64url'),
			person,
			expiresAt: kind === 'bot' ? FOR_EVER : now() + LASTS,
			createdAt: now(),
			usedAt: now(),
			kind,
			remember: false,
			agent: agent.slice(0, AGENT_MAX)
		};
		table.insert(made);
		return { token, made };
	}

	const ofKind = (person: PersonId, kind: StoredSession['kind']) =>
		table.ofPerson(person).filter((session) => session.kind === kind);

	return {
		begin(person, agent) {
			for (const old of ofKind(person, 'api').slice(API_MAX - 1)) {
				sessions.endPublic(person, old.publicId);
			}
			const { token, made } = insert(person, 'api', agent);
			return { token, session: made.publicId };
		},
		identify(token) {
			if (token === '' || token.length > TOKEN_MAX) return null;
			const session = table.find(hashed(token));
			if (!session || session.kind === 'app' || session.expiresAt <= now()) return null;
			if (now() - session.usedAt > USED_EVERY) table.used(session.id, now());
			return { person: session.person, session: session.publicId };
		},
		createForBot(person, name) {
			if (ofKind(person, 'bot').length >= BOTS_MAX) throw new RefusalError(refuse('not_allowed'));
			return insert(person, 'bot', name);
		},
		ofBots: (person) => ofKind(person, 'bot'),
		revoke(person, publicId) {
			const known = ofKind(person, 'bot').some((session) => session.publicId === publicId);
			return known && sessions.endPublic(person, publicId);
		}
	};
}
