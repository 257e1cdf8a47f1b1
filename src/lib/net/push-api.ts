/** Where this browser takes pushes, told to the server over fetch. */
import * as v from 'valibot';
import { PushState, type SubscriptionBody } from '../protocol/push.ts';
import { LinkError } from '../sync/ports.ts';
import { faultOf, jsonOf, type HttpParts } from './probe.ts';
import { readRefused } from './read-answer.ts';

/** ms for an answer; a test waits for the push service, which the server gives 10 s. */
const ANSWER_WITHIN = 15_000;

const Done = v.object({ ok: v.literal(true) });
const Tested = v.object({ delivered: v.number() });

/** Each verb rejects with LinkError when the server could not be asked or refuses. */
export interface PushApi {
	state(): Promise<PushState>;
	subscribe(subscription: SubscriptionBody): Promise<void>;
	unsubscribe(): Promise<void>;
	/** Has a notification sent on trial; answers how many push services took it. */
	test(): Promise<number>;
}

/** Makes the endpoints' client side. */
export function pushApi(parts: HttpParts = {}): PushApi {
	const send = parts.fetch ?? fetch.bind(globalThis);

	async function ask<S extends v.GenericSchema>(
		schema: S,
		path: string,
		method: string,
		body?: object
	): Promise<v.InferOutput<S>> {
		let response: Response;
		let raw: unknown;
		try {
			response = await send(`${parts.base ?? ''}/api/push${path}`, {
				method,
				credentials: 'same-origin',
				cache: 'no-store',
				redirect: 'manual',
				signal: AbortSignal.timeout(ANSWER_WITHIN),
				...(body && {
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify(body)
				})
			});
			raw = await jsonOf(response);
		} catch (error) {
			throw new LinkError({ kind: 'unreachable' }, error);
		}
		if (raw === undefined) throw new LinkError(faultOf(response));
		const refused = readRefused(raw);
		if (refused) throw new LinkError({ kind: 'refused', refusal: refused.refused });
		const read = v.safeParse(schema, raw);
		// Anything that is not ours comes from something in between.
		if (!read.success) throw new LinkError({ kind: 'captive' }, new v.ValiError(read.issues));
		return read.output;
	}

	return {
		state: () => ask(PushState, '', 'GET'),
		async subscribe(subscription) {
			await ask(Done, '/subscription', 'PUT', subscription);
		},
		async unsubscribe() {
			await ask(Done, '/subscription', 'DELETE', {});
		},
		test: async () => (await ask(Tested, '/test', 'POST', {})).delivered
	};
}
