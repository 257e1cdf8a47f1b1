/**
 * Who is signed in by a cookie. Lucia makes tokens, decides when a session has expired and when it is extended,
 * and writes cookies; nothing outside this folder knows it.
 */
import { randomBytes } from 'node:crypto';
import { Cookie, Lucia, TimeSpan } from 'lucia';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { createAdapter, type SessionAttributes } from './lucia-adapter.ts';
import { AGENT_MAX, type Proof, type SessionStore, type StoredSession } from './session-store.ts';

/** A session unused for this long ends; one in use is extended from half of it on. */
const LIFETIME_DAYS = 30;

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
interface NewSession {
	/** public id */
	session: string;
	/** value of Set-Cookie */
	cookie: string;
}

/** Called with the public id of a session that has ended. */
type EndedListener = (publicId: string) => void;

export class Sessions {
	readonly #table: SessionStore;
	readonly #now: () => number;
	readonly #lucia: Lucia<SessionAttributes>;
	readonly #listeners = new Set<EndedListener>();
	#tellOthers: (publicIds: string[]) => Promise<void> = async () => undefined;

	/**
	 * @param table where sessions are kept
	 * @param secure whether people come over https
	 * @param now ms since the epoch
	 */
	constructor(table: SessionStore, secure: boolean, now = Date.now) {
		this.#table = table;
		this.#now = now;
		this.#lucia = createLucia(table, secure, now, (publicIds) => this.#end(publicIds));
	}

	/** @param cookies the request's Cookie header */
	async identify(cookies: string | undefined): Promise<Identity | null> {
		const token = this.#tokenIn(cookies);
		if (!token) return null;
		const { session } = await this.#lucia.validateSession(token);
		if (!session) return null;
		const renewed = session.fresh ? this.#cookieFor(token, session.remember) : null;
		const remembered = session.remember ? this.#cookieFor(token, true) : null;
		return { person: session.userId, session: session.publicId, renewed, remembered };
	}

	/**
	 * Makes a session with a new token, and ends the one that the request came with (HTTP-4). Rejects with
	 * RefusalError("sign_in_failed") when the password was changed after it was verified (HTTP-22).
	 */
	async begin(
		{ person, passwordHash }: Proof,
		remember: boolean,
		agent: string,
		cookies?: string
	): Promise<NewSession> {
		const old = this.#tokenIn(cookies);
		if (old) await this.#lucia.invalidateSession(old);
		const publicId = randomBytes(12).toString('base64url');
		const session = await this.#lucia.createSession(person, {
			publicId,
			kind: 'app',
			remember,
			agent: agent.slice(0, AGENT_MAX),
			passwordHash
		});
		return { session: publicId, cookie: this.#cookieFor(session.id, remember) };
	}

	/** Ends the session of the request; the answer is the Set-Cookie value that clears the cookie. */
	async end(cookies: string | undefined): Promise<string> {
		const token = this.#tokenIn(cookies);
		if (token) await this.#lucia.invalidateSession(token);
		return this.#lucia.createBlankSessionCookie().serialize();
	}

	/** Ends one of a person's sessions; false when the person has no such session. */
	async endPublic(person: PersonId, publicId: string): Promise<boolean> {
		const isEnded = await this.#table.removePublic(person, publicId);
		if (isEnded) await this.#end([publicId]);
		return isEnded;
	}

	/** Ends all sessions of a person but one. @param keep public id of the one that stays; null: none */
	async endOthers(person: PersonId, keep: string | null): Promise<void> {
		// In one step: a session that is to end could otherwise make a token in between.
		await this.#end(await this.#table.removeAll(person, keep));
	}

	/** Where the person is signed in, without tokens of bots (tokens.ts). */
	async list(person: PersonId): Promise<StoredSession[]> {
		const all = await this.#table.ofPerson(person);
		return all.filter(({ kind, expiresAt }) => kind !== 'bot' && expiresAt > this.#now());
	}

	isAlive(publicId: string): Promise<boolean> {
		return this.#table.isAlive(publicId, this.#now());
	}

	/** To be called with the public ids of sessions that somebody else has ended. */
	noteEnded(publicIds: readonly string[]): void {
		for (const publicId of publicIds) {
			for (const listener of this.#listeners) listener(publicId);
		}
	}

	/** What is given tells other servers of sessions that end here; who ended them waits for it. */
	onEndedHere(tellOthers: (publicIds: string[]) => Promise<void>): void {
		this.#tellOthers = tellOthers;
	}

	/** @returns ends listening */
	onEnded(listener: EndedListener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	removeExpired(): Promise<void> {
		return this.#table.removeExpired(this.#now());
	}

	async #end(publicIds: string[]): Promise<void> {
		if (publicIds.length === 0) return;
		this.noteEnded(publicIds);
		await this.#tellOthers(publicIds);
	}

	#tokenIn(cookies: string | undefined): string | null {
		return this.#lucia.readSessionCookie(cookies ?? '');
	}

	/** Without "remember me" the cookie has no age and goes when the browser closes. */
	#cookieFor(token: string, remember: boolean): string {
		const { name, value, attributes } = this.#lucia.createSessionCookie(token);
		if (remember) return new Cookie(name, value, attributes).serialize();
		const { maxAge: _maxAge, expires: _expires, ...rest } = attributes;
		return new Cookie(name, value, rest).serialize();
	}
}

function createLucia(
	table: SessionStore,
	secure: boolean,
	now: () => number,
	onEnded: (publicIds: string[]) => Promise<void>
): Lucia<SessionAttributes> {
	return new Lucia<SessionAttributes>(createAdapter(table, now, onEnded), {
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
}
