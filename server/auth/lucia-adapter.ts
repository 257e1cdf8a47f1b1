/** Lucia's view of the table of sessions: it knows tokens, the table only their hashes. */
import { createHash } from 'node:crypto';
import type { Adapter, Lucia } from 'lucia';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { NOTE_USE_EVERY, type SessionStore, type StoredSession } from './session-store.ts';

/** What a session has besides what lucia needs. */
export interface SessionAttributes {
	publicId: string;
	kind: StoredSession['kind'];
	remember: boolean;
	agent: string;
	/** of a session that begins: what it rests on */
	passwordHash?: string;
}

declare module 'lucia' {
	interface Register {
		Lucia: Lucia<SessionAttributes>;
		DatabaseSessionAttributes: SessionAttributes;
	}
}

const hashed = (token: string) => createHash('sha256').update(token).digest('hex');

/**
 * @param now ms since the epoch
 * @param onEnded called with the public ids of sessions that end
 */
export function createAdapter(
	table: SessionStore,
	now: () => number,
	onEnded: (publicIds: string[]) => Promise<void>
): Adapter {
	const database = (session: StoredSession, token: string) => ({
		id: token,
		userId: session.person,
		expiresAt: new Date(session.expiresAt),
		attributes: session
	});
	return {
		async getSessionAndUser(token) {
			const session = await table.find(hashed(token));
			// A bearer token is none of lucia's: as a cookie it lets nobody in.
			if (session?.kind !== 'app') return [null, null];
			if (now() - session.usedAt > NOTE_USE_EVERY) await table.used(session.id, now());
			return [database(session, token), { id: session.person, attributes: {} }];
		},
		async getUserSessions(person) {
			// Lucia is never asked to act on these: their tokens are not known.
			return (await table.ofPerson(person)).map((session) => database(session, ''));
		},
		async setSession({ id, userId, expiresAt, attributes }) {
			const { passwordHash = '', ...kept } = attributes;
			const session = {
				...kept,
				id: hashed(id),
				person: userId,
				expiresAt: expiresAt.getTime(),
				createdAt: now(),
				usedAt: now()
			};
			if (await table.insert(session, { passwordHash })) return;
			throw new RefusalError(refuse('sign_in_failed'));
		},
		async updateSessionExpiration(token, expiresAt) {
			await table.extend(hashed(token), expiresAt.getTime());
		},
		async deleteSession(token) {
			const publicId = await table.remove(hashed(token));
			if (publicId) await onEnded([publicId]);
		},
		async deleteUserSessions(person) {
			await onEnded(await table.removeAll(person, null));
		},
		async deleteExpiredSessions() {
			await table.removeExpired(now());
		}
	};
}
