/** One request to an endpoint of the app's own API over fetch, beside the sync requests. */
import * as v from 'valibot';
import type { Refusal } from '../protocol/refusal.ts';
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
export const Done = v.object({ ok: v.literal(true) });
export type Done = v.InferOutput<typeof Done>;

/** Sends one request; answers the JSON that came back. Rejects with LinkError. @param body none: a GET */
export async function request(
	parts: HttpParts,
	path: string,
	body?: object,
	method = 'POST'
): Promise<unknown> {
	const send = parts.fetch ?? fetch.bind(globalThis);
	let response: Response;
	try {
		response = await send(`${parts.base ?? ''}${path}`, {
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
export function readAs<S extends v.GenericSchema>(
	schema: S,
	raw: unknown
): v.InferOutput<S> | Refused {
	const refused = readRefused(raw);
	if (refused) return refused;
	const read = v.safeParse(schema, raw);
	if (!read.success) throw new LinkError({ kind: 'captive' }, new v.ValiError(read.issues));
	return read.output;
}
