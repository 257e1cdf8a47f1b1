/**
 * Who is signed in. The only module that knows lucia: everything else sees `Sessions`. Lucia makes
 * tokens, decides when a session has expired and when it is extended, and writes cookies; our
 * adapter sees to it that a token is kept only as its hash.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Cookie, Lucia, TimeSpan, type Adapter } from 'lucia';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import type { SessionTable, StoredSession } from '../store/sqlite/sessions.ts';

/** A session unused for this long ends; one in use is extended from half of it on. */
const LIFETIME_DAYS = 30;
/** ms between two notes of when a session was last used. */
const USED_EVERY = 60_000;
/** Characters of a browser's name that are kept. */
const AGENT_MAX = 200;

interface Attributes {
	publicId: string;
	kind: StoredSession['kind'];
	remember: boolean;
	agent: string;
}

declare module 'lucia' {
	interface Register {
		Lucia: Lucia<Attributes>;
		DatabaseSessionAttributes: Attributes;
	}
}

/** Whoever a cookie or token stands for. */
export interface Identity {
	person: PersonId;
	/** public id of the session */
	session: string;
	/** a Set-Cookie value that extends the cookie, when it is time for that */
	renewed: string | null;
	/** a Set-Cookie value that extends the cookie of a session that is remembered; else null */
	remembered: string | null;
}

/** A session just made. */
export interface NewSession {
	/** public id */
	session: string;
	/** value of Set-Cookie */
	cookie: string;
}

export interface Sessions {
	/** @param cookies the request's Cookie header */
	identify(cookies: string | undefined): Promise<Identity | null>;
	/** Makes a session with a new token, and ends the one that the request came with (H4). */
	begin(person: PersonId, remember: boolean, agent: string, cookies?: string): Promise<NewSession>;
	/** Ends the session of the request; the answer is the Set-Cookie value that clears the cookie. */
	end(cookies: string | undefined): Promise<string>;
	/** Ends one of a person's sessions; false when the person has no such session. */
	endPublic(person: PersonId, publicId: string): boolean;
	/** Where the person is signed in. Tokens of bots are no part of it (tokens.ts). */
	/** Ends all sessions of a person but one. @param keep public id of the one that stays; null: none */
	endOthers(person: PersonId, keep: string | null): void;
	list(person: PersonId): StoredSession[];
	isAlive(publicId: string): boolean;
	/** Calls back with the public id of each session that is ended; the answer stops it. */
	onEnded(ended: (publicId: string) => void): () => void;
	removeExpired(): void;
}

const hashed = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * @param table where sessions are kept
 * @param secure whether people come over https
 * @param now ms since the epoch
 */
export function createSessions(table: SessionTable, secure: boolean, now = Date.now): Sessions {
	const listeners = new Set<(publicId: string) => void>();
	const lucia = new Lucia<Attributes>(createAdapter(table, now, tellEnded), {
		sessionExpiresIn: new TimeSpan(LIFETIME_DAYS, 'd'),
		sessionCookie: {
			name: secure ? '__Host-roost' : 'roost',
			attributes: { secure, sameSite: 'lax', path: '/' }
		},
		getSessionAttributes: ({ publicId, kind, remember, agent }) => ({
			publicId,
			kind,
			remember,
			agent
		})
	});

	function tellEnded(publicId: string): void {
		for (const listener of listeners) listener(publicId);
	}

	/** Without "remember me" the cookie has no age and goes when the browser closes. */
	function cookieFor(token: string, remember: boolean): string {
		const { name, value, attributes } = lucia.createSessionCookie(token);
		if (remember) return new Cookie(name, value, attributes).serialize();
		const { secure: safe, sameSite, path, httpOnly } = attributes;
		const kept = { secure: safe === true, sameSite: sameSite ?? 'lax', path: path ?? '/' };
		return new Cookie(name, value, { ...kept, httpOnly: httpOnly !== false }).serialize();
	}

	const tokenIn = (cookies: string | undefined) => lucia.readSessionCookie(cookies ?? '');

	return {
		async identify(cookies) {
			const token = tokenIn(cookies);
			if (!token) return null;
			const { session } = await lucia.validateSession(token);
			if (!session) return null;
			const renewed = session.fresh ? cookieFor(token, session.remember) : null;
			const remembered = session.remember ? cookieFor(token, true) : null;
			return { person: session.userId, session: session.publicId, renewed, remembered };
		},
		async begin(person, remember, agent, cookies) {
			const old = tokenIn(cookies);
			if (old) await lucia.invalidateSession(old);
			const publicId = randomBytes(12).toString('base64url');
			const made = await lucia.createSession(person, {
				publicId,
				kind: 'app',
				remember,
				agent: agent.slice(0, AGENT_MAX)
			});
			return { session: publicId, cookie: cookieFor(made.id, remember) };
		},
		async end(cookies) {
			const token = tokenIn(cookies);
			if (token) await lucia.invalidateSession(token);
			return lucia.createBlankSessionCookie().serialize();
		},
		endPublic(person, publicId) {
			const ended = table.removePublic(person, publicId);
			if (ended) tellEnded(publicId);
			return ended;
		},
		endOthers(person, keep) {
			for (const { publicId } of table.ofPerson(person)) {
				if (publicId !== keep && table.removePublic(person, publicId)) tellEnded(publicId);
			}
		},
		list: (person) =>
			table
				.ofPerson(person)
				.filter((session) => session.kind !== 'bot' && session.expiresAt > now()),
		isAlive: (publicId) => table.isAlive(publicId, now()),
		onEnded(ended) {
			listeners.add(ended);
			return () => listeners.delete(ended);
		},
		removeExpired: () => table.removeExpired(now())
	};
}

function createAdapter(
	table: SessionTable,
	now: () => number,
	ended: (publicId: string) => void
): Adapter {
	const database = (session: StoredSession, token: string) => ({
		id: token,
		userId: session.person,
		expiresAt: new Date(session.expiresAt),
		attributes: session
	});
	return {
		async getSessionAndUser(token) {
			const session = table.find(hashed(token));
			// A bearer token is none of lucia's: as a cookie it lets nobody in.
			if (session?.kind !== 'app') return [null, null];
			if (now() - session.usedAt > USED_EVERY) table.used(session.id, now());
			return [database(session, token), { id: session.person, attributes: {} }];
		},
		async getUserSessions(person) {
			// Lucia is never asked to act on these: their tokens are not known.
			return table.ofPerson(person).map((session) => database(session, ''));
		},
		async setSession({ id, userId, expiresAt, attributes }) {
			table.insert({
				...attributes,
				id: hashed(id),
				person: userId,
				expiresAt: expiresAt.getTime(),
				createdAt: now(),
				usedAt: now()
			});
		},
		async updateSessionExpiration(token, expiresAt) {
			table.extend(hashed(token), expiresAt.getTime());
		},
		async deleteSession(token) {
			const publicId = table.remove(hashed(token));
			if (publicId) ended(publicId);
		},
		async deleteUserSessions(person) {
			for (const publicId of table.removeAll(person)) ended(publicId);
		},
		async deleteExpiredSessions() {
			table.removeExpired(now());
		}
	};
}
