/**
 * Bearer tokens of the compatible API: sessions like those of the app, kept as hashes in the same table
 * and ended by the same hands, but never in a cookie. Those that signing in makes last a week; those
 * that a person makes for a bot last until they are revoked.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import {
	AGENT_MAX,
	NOTE_USE_EVERY,
	type Grounds,
	type Proof,
	type SessionStore,
	type StoredSession
} from './session-store.ts';
import type { Sessions } from './sessions.ts';

/** ms that a token from signing in lasts (compat-api, rule 1.3). */
const LASTS = 7 * 86_400_000;
/** The last moment that a Date can name: for ever. */
const FOR_EVER = 8.64e15;
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
	/**
	 * Makes the token of a sign-in. Rejects with RefusalError("sign_in_failed") when the password was changed
	 * after it was verified (HTTP-22). @param agent what the program calls itself
	 */
	begin(proof: Proof, agent: string): Promise<{ token: string; session: string }>;
	identify(token: string): Promise<Bearer | null>;
	/**
	 * Makes a token for a bot. Rejects with RefusalError when there are too many, or when the session that makes
	 * it has ended meanwhile.
	 */
	createForBot(by: Bearer, name: string): Promise<{ token: string; made: StoredSession }>;
	/** A person's tokens for bots, the one used last first. */
	ofBots(person: PersonId): Promise<StoredSession[]>;
	/** Ends one of the person's tokens for bots; false when there is none under this public id. */
	revoke(person: PersonId, publicId: string): Promise<boolean>;
}

const hashed = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * @param sessions ends sessions, and tells it to those who hold their sockets
 * @param now ms since the epoch
 */
export function createTokens(table: SessionStore, sessions: Sessions, now = Date.now): Tokens {
	async function insert(
		person: PersonId,
		kind: 'api' | 'bot',
		agent: string,
		grounds: Grounds
	): Promise<{ token: string; made: StoredSession } | null> {
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
		return (await table.insert(made, grounds)) ? { token, made } : null;
	}

	const ofKind = async (person: PersonId, kind: StoredSession['kind']) =>
		(await table.ofPerson(person)).filter((session) => session.kind === kind);

	return {
		async begin({ person, passwordHash }, agent) {
			for (const old of (await ofKind(person, 'api')).slice(API_MAX - 1)) {
				await sessions.endPublic(person, old.publicId);
			}
			const inserted = await insert(person, 'api', agent, { passwordHash });
			if (!inserted) throw new RefusalError(refuse('sign_in_failed'));
			return { token: inserted.token, session: inserted.made.publicId };
		},
		async identify(token) {
			if (token === '' || token.length > TOKEN_MAX) return null;
			const session = await table.find(hashed(token));
			if (!session || session.kind === 'app' || session.expiresAt <= now()) return null;
			if (now() - session.usedAt > NOTE_USE_EVERY) await table.used(session.id, now());
			return { person: session.person, session: session.publicId };
		},
		async createForBot({ person, session }, name) {
			const inserted = await insert(person, 'bot', name, { session, most: BOTS_MAX });
			if (inserted) return inserted;
			const isEnded = !(await table.isAlive(session, now()));
			throw new RefusalError(refuse(isEnded ? 'session_ended' : 'not_allowed'));
		},
		ofBots: (person) => ofKind(person, 'bot'),
		async revoke(person, publicId) {
			const known = await ofKind(person, 'bot');
			const isKnown = known.some((session) => session.publicId === publicId);
			return isKnown && sessions.endPublic(person, publicId);
		}
	};
}
