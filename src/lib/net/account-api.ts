/** The account's own endpoints over fetch. */
import * as v from 'valibot';
import {
	Account,
	AccountEnding,
	BotTokens,
	NewBotToken,
	Nobody,
	Sessions,
	type DeleteAccountBody,
	type PasswordBody,
	type PasswordLinkBody,
	type PasswordMailBody,
	type RegisterBody,
	type SignInBody
} from '../protocol/http.ts';
import { refuse } from '../protocol/refusal.ts';
import { LinkError } from '../sync/ports.ts';
import { Done, readAs, request, type Refused } from './api-request.ts';
import type { HttpParts } from './probe.ts';
import { readRefused } from './read-answer.ts';

export type { Done, Refused };

/** Each verb rejects with LinkError when the server could not be asked. */
export interface AccountApi {
	register(body: RegisterBody): Promise<Account | Refused>;
	signIn(body: SignInBody): Promise<Account | Refused>;
	/** Sets another password by a link for whoever forgot it, and signs in. */
	redeemPasswordLink(body: PasswordLinkBody): Promise<Account | Refused>;
	/** Has a link for a new password sent to the account's address, if there is such an account. */
	askPasswordLink(body: PasswordMailBody): Promise<Done | Refused>;
	/** Who the server thinks this browser is. */
	whoAmI(): Promise<Account | Refused>;
	changePassword(body: PasswordBody): Promise<Done | Refused>;
	/** Where this person is signed in. */
	sessions(): Promise<Sessions | Refused>;
	endSession(id: string): Promise<Done | Refused>;
	endOtherSessions(): Promise<Done | Refused>;
	/** Ends the account for good, with its sessions. */
	deleteAccount(body: DeleteAccountBody): Promise<AccountEnding | Refused>;
	/** Tokens with which bots act for this person. */
	botTokens(): Promise<BotTokens | Refused>;
	/** The token can be read in this answer only. */
	makeBotToken(name: string): Promise<NewBotToken | Refused>;
	endBotToken(id: string): Promise<Done | Refused>;
	/** Ends the session that the browser's cookie stands for, if there is one. */
	signOut(): Promise<void>;
}

/** Where these endpoints are. */
const ROOT = '/api/account';

/** Makes the endpoints' client side. */
export function accountApi(parts: HttpParts = {}): AccountApi {
	async function ask<S extends v.GenericSchema>(
		schema: S,
		path: string,
		body?: object,
		method?: string
	): Promise<v.InferOutput<S> | Refused> {
		return readAs(schema, await request(parts, ROOT + path, body, method));
	}

	return {
		register: (body) => ask(Account, '/register', body),
		signIn: (body) => ask(Account, '/sign-in', body),
		redeemPasswordLink: (body) => ask(Account, '/password-link', body),
		askPasswordLink: (body) => ask(Done, '/password-mail', body),
		async whoAmI() {
			const answer = await ask(v.union([Account, Nobody]), '');
			return 'account' in answer ? { refused: refuse('session_ended') } : answer;
		},
		changePassword: (body) => ask(Done, '/password', body),
		sessions: () => ask(Sessions, '/sessions'),
		endSession: (id) => ask(Done, `/sessions/${encodeURIComponent(id)}`, {}, 'DELETE'),
		endOtherSessions: () => ask(Done, '/sessions/end-others', {}),
		deleteAccount: (body) => ask(AccountEnding, '/delete', body),
		botTokens: () => ask(BotTokens, '/tokens'),
		makeBotToken: (name) => ask(NewBotToken, '/tokens', { name }),
		endBotToken: (id) => ask(Done, `/tokens/${encodeURIComponent(id)}`, {}, 'DELETE'),
		async signOut() {
			const refused = readRefused(await request(parts, `${ROOT}/sign-out`, {}));
			if (refused && refused.refused.action !== 'sign-in') {
				throw new LinkError({ kind: 'refused', refusal: refused.refused });
			}
		}
	};
}
