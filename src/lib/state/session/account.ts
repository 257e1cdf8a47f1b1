/**
 * What a person does about the account itself: at the server, now or not at all. These are the only
 * acts that do not wait in the outbox, because a password must not lie on a device.
 */
import { accountApi, type AccountApi, type Refused } from '../../net/account-api.ts';
import { LinkError } from '../../sync/ports.ts';
import type { SessionFault } from './session-types.ts';

/** An answer, or why there is none. */
export type Asked<T> = { answer: T } | { fault: SessionFault };

let api: AccountApi | null = null;

/** Asks something of the server. */
export async function asked<T extends object>(ask: () => Promise<T | Refused>): Promise<Asked<T>> {
	try {
		const answer = await ask();
		if ('refused' in answer) return { fault: { kind: 'refused', refusal: answer.refused } };
		return { answer };
	} catch (error) {
		if (!(error instanceof LinkError)) throw error;
		const { fault } = error;
		return {
			fault: fault.kind === 'refused' ? { kind: 'refused', refusal: fault.refusal } : fault
		};
	}
}

/** Asks the account's endpoints. */
export const askAccount = <T extends object>(
	ask: (api: AccountApi) => Promise<T | Refused>
): Promise<Asked<T>> => asked(() => ask((api ??= accountApi())));
