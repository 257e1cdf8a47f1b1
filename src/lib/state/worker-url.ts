/** Addresses of workers, approved by the one policy that the content security policy allows. */
import searchWorker from '../../search-worker.ts?worker&url';
import spoolWorker from '../../spool-worker.ts?worker&url';

export const SERVICE_WORKER = '/service-worker.js';
export const SEARCH_WORKER: string = searchWorker;
export const SPOOL_WORKER: string = spoolWorker;

interface Policy {
	createScriptURL(url: string): string;
}
interface TrustedPolicies {
	createPolicy(name: string, rules: Policy): Policy;
}

function checked(url: string): string {
	if (![SERVICE_WORKER, SEARCH_WORKER, SPOOL_WORKER].includes(url))
		throw new TypeError('not the address of a worker of this app');
	return url;
}

let policy: Policy | null = null;

/** The address of one of these workers in the form in which the browser takes it. */
export function workerUrl(url: string): string {
	const policies = (globalThis as { trustedTypes?: TrustedPolicies }).trustedTypes;
	policy ??= policies?.createPolicy('roost-worker', { createScriptURL: checked }) ?? {
		createScriptURL: checked
	};
	return policy.createScriptURL(url);
}
