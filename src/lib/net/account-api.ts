/** The account's own endpoints over fetch. */
import * as v from 'valibot';
import { Account, type RegisterBody, type SignInBody } from '../protocol/http.ts';
import type { Refusal } from '../protocol/refusal.ts';
import { LinkError } from '../sync/ports.ts';
import { faultOf, jsonOf, type HttpParts } from './probe.ts';
import { readRefused } from './read-answer.ts';

/** ms for an answer: signing in waits behind other people's password hashes. */
const ANSWER_WITHIN = 20_000;

/** Each verb rejects with LinkError when the server could not be asked. */
export interface AccountApi {
	register(body: RegisterBody): Promise<Account | { refused: Refusal }>;
	signIn(body: SignInBody): Promise<Account | { refused: Refusal }>;
	/** Who the server thinks this browser is. */
	whoAmI(): Promise<Account | { refused: Refusal }>;
	/** Ends the session that the browser's cookie stands for, if there is one. */
	signOut(): Promise<void>;
}

/** Makes the endpoints' client side. */
export function accountApi(parts: HttpParts = {}): AccountApi {
	const send = parts.fetch ?? fetch.bind(globalThis);

	async function request(path: string, body?: object): Promise<unknown> {
		let response: Response;
		try {
			response = await send(`${parts.base ?? ''}/api/account${path}`, {
				credentials: 'same-origin',
				cache: 'no-store',
				redirect: 'manual',
				signal: AbortSignal.timeout(ANSWER_WITHIN),
				...(body && {
					method: 'POST',
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

	async function account(path: string, body?: object): Promise<Account | { refused: Refusal }> {
		const raw = await request(path, body);
		const refused = readRefused(raw);
		if (refused) return refused;
		const read = v.safeParse(Account, raw);
		if (!read.success) throw new LinkError({ kind: 'captive' }, new v.ValiError(read.issues));
		return read.output;
	}

	return {
		register: (body) => account('/register', body),
		signIn: (body) => account('/sign-in', body),
		whoAmI: () => account(''),
		async signOut() {
			const refused = readRefused(await request('/sign-out', {}));
			if (refused && refused.refused.cure !== 'sign-in') {
				throw new LinkError({ kind: 'refused', refusal: refused.refused });
			}
		}
	};
}
