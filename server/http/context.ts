/** What the routes of the app's API work with. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Accounts } from '../auth/accounts.ts';
import type { KnownDevices } from '../auth/known-devices.ts';
import type { PasswordMail } from '../auth/password-mail.ts';
import type { PasswordLinks } from '../auth/password-links.ts';
import type { Identity, Sessions } from '../auth/sessions.ts';
import type { Limits } from '../auth/limits.ts';
import type { Tokens } from '../auth/tokens.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Numbers, ServerSettings, Storage } from '../../src/lib/protocol/admin.ts';
import type { AdminReads, ServerSettingsStore } from '../domain/admin-port.ts';
import type { Domain, Pictures } from '../domain/ports.ts';
import type { Files } from '../files/file-service.ts';
import type { Log } from '../log.ts';
import type { Notifier } from '../push/notifier.ts';
import type { PushStore } from '../push/push-store.ts';
import type { Vapid } from '../push/vapid.ts';

/** What the API is given. */
export interface AppApiOptions {
	domain: Domain;
	accounts: Accounts;
	sessions: Sessions;
	devices: KnownDevices;
	passwordLinks: Pick<PasswordLinks, 'redeem'>;
	/** null: this server sends no mail */
	passwordMail: Pick<PasswordMail, 'ask'> | null;
	tokens: Tokens;
	dispatcher: Dispatcher;
	files: Files;
	push: PushContext;
	/** makes icons */
	images: Pictures;
	administration: Administration;
	limits: Limits;
	log: Log;
	/** the address under which people know the server; null: it was not told */
	publicOrigin: string | null;
	/** exact origins from which browsers may act, known once the server listens */
	origins: () => Set<string>;
	/** what the server does its work with, for whoever watches it; rejects with what keeps it from it */
	ready: () => Promise<{ version: string; database: object }>;
}

/** What administrators look at. */
export interface Administration {
	reads: AdminReads;
	settings: ServerSettingsStore;
	/** Everybody who is online now. */
	online(): ReadonlySet<PersonId>;
	/** The server's numbers after a moment (ms). */
	numbers(since: number): Numbers;
	/** What there is on the disk, bytes. */
	disk(): Promise<Pick<Storage, 'database' | 'index' | 'free'>>;
	/** bytes of files, of one person and of all */
	quota: { person: number; all: number | null };
	/** How the relay for calls does; null: there is none. */
	relay(): Promise<NonNullable<ServerSettings['relay']> | null>;
}

/** What the routes of notifications need. */
interface PushContext {
	store: PushStore;
	notifier: Notifier;
	vapid: Vapid;
	/** hosts of push services that are allowed besides the known ones */
	trusted: readonly string[];
}

/** What every route is given. */
export interface RouteContext extends AppApiOptions {
	/** Whom the cookie stands for; rejects with RefusalError("session_ended"). */
	identify(request: FastifyRequest, reply: FastifyReply): Promise<Identity>;
}

export function createRouteContext(options: AppApiOptions): RouteContext {
	return {
		...options,
		async identify(request, reply) {
			const identity = await options.sessions.identify(request.headers.cookie);
			if (!identity) throw new RefusalError(refuse('session_ended'));
			if (identity.renewed) reply.header('set-cookie', identity.renewed);
			return identity;
		}
	};
}
