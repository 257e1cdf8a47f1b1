/** The account's own endpoints over fetch. */
import * as v from 'valibot';
import {
	Account,
	BotTokens,
	NewBotToken,
	Nobody,
	Sessions,
	type DeleteAccountBody,
	type PasswordBody,
	type PasswordLinkBody,
	type RegisterBody,
	type SignInBody
} from '../protocol/http.ts';
import { refuse, type Refusal } from '../protocol/refusal.ts';
import { LinkError } from '../sync/ports.ts';
import { faultOf, jsonOf, type HttpParts } from './probe.ts';
import { readRefused } from './read-answer.ts';

/** ms for an answer: signing in waits behind other people's password hashes. */
const ANSWER_WITHIN = 20_000;

/** What the server refused. */
export interface Refused {
	refused: Refusal;
}
/** The answer to what only has to be done. */
const Done = v.object({ ok: v.literal(true) });
export type Done = v.InferOutput<typeof Done>;

/** Each verb rejects with LinkError when the server could not be asked. */
export interface AccountApi {
	register(body: RegisterBody): Promise<Account | Refused>;
	signIn(body: SignInBody): Promise<Account | Refused>;
	/** Sets another password by a link for whoever forgot it, and signs in. */
	redeemPasswordLink(body: PasswordLinkBody): Promise<Account | Refused>;
	/** Who the server thinks this browser is. */
	whoAmI(): Promise<Account | Refused>;
	changePassword(body: PasswordBody): Promise<Done | Refused>;
	/** Where this person is signed in. */
	sessions(): Promise<Sessions | Refused>;
	endSession(id: string): Promise<Done | Refused>;
	endOtherSessions(): Promise<Done | Refused>;
	/** Ends the account for good, with its sessions. */
	deleteAccount(body: DeleteAccountBody): Promise<Done | Refused>;
	/** Tokens with which bots act for this person. */
	botTokens(): Promise<BotTokens | Refused>;
	/** The token can be read in this answer only. */
	makeBotToken(name: string): Promise<NewBotToken | Refused>;
	endBotToken(id: string): Promise<Done | Refused>;
	/** Ends the session that the browser's cookie stands for, if there is one. */
	signOut(): Promise<void>;
}

/** Sends one request; answers the JSON that came back. */
async function request(
	parts: HttpParts,
	path: string,
	body?: object,
	method = 'POST'
): Promise<unknown> {
	const send = parts.fetch ?? fetch.bind(globalThis);
	let response: Response;
	try {
		response = await send(`${parts.base ?? ''}/api/account${path}`, {
			credentials: 'same-origin',
			cache: 'no-store',
			redirect: 'manual',
			signal: AbortSignal.timeout(ANSWER_WITHIN),
			...(body && {
				method,
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body)
			})
		});
	} catch (error) {
		throw new LinkError({ kind: 'unreachable' }, error);
	}
	const raw = await jsonOf(response).catch((error: unknown) => {
		throw new LinkError({ kind: 'unreachable' }, error);
	});
	if (raw === undefined) throw new LinkError(faultOf(response));
	return raw;
}

/** What is answered, or refused; anything that is not ours comes from something in between. */
function readAs<S extends v.GenericSchema>(schema: S, raw: unknown): v.InferOutput<S> | Refused {
	const refused = readRefused(raw);
	if (refused) return refused;
	const read = v.safeParse(schema, raw);
	if (!read.success) throw new LinkError({ kind: 'captive' }, new v.ValiError(read.issues));
	return read.output;
}

/** Makes the endpoints' client side. */
export function accountApi(parts: HttpParts = {}): AccountApi {
	async function ask<S extends v.GenericSchema>(
		schema: S,
		path: string,
		body?: object,
		method?: string
	): Promise<v.InferOutput<S> | Refused> {
		return readAs(schema, await request(parts, path, body, method));
	}

	return {
		register: (body) => ask(Account, '/register', body),
		signIn: (body) => ask(Account, '/sign-in', body),
		redeemPasswordLink: (body) => ask(Account, '/password-link', body),
		async whoAmI() {
			const answer = await ask(v.union([Account, Nobody]), '');
			return 'account' in answer ? { refused: refuse('session_ended') } : answer;
		},
		changePassword: (body) => ask(Done, '/password', body),
		sessions: () => ask(Sessions, '/sessions'),
		endSession: (id) => ask(Done, `/sessions/${encodeURIComponent(id)}`, {}, 'DELETE'),
		endOtherSessions: () => ask(Done, '/sessions/end-others', {}),
		deleteAccount: (body) => ask(Done, '/delete', body),
		botTokens: () => ask(BotTokens, '/tokens'),
		makeBotToken: (name) => ask(NewBotToken, '/tokens', { name }),
		endBotToken: (id) => ask(Done, `/tokens/${encodeURIComponent(id)}`, {}, 'DELETE'),
		async signOut() {
			const refused = readRefused(await request(parts, '/sign-out', {}));
			if (refused && refused.refused.action !== 'sign-in') {
				throw new LinkError({ kind: 'refused', refusal: refused.refused });
			}
		}
	};
}
