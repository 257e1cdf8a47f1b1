/** Whether the server answers just now, whichever way. */
import type { ClientStatus } from '../client/client-types.ts';

/** @param link null or undefined: not known yet */
export function isReachable(link: ClientStatus['link'] | null | undefined): boolean {
	return link === 'live' || link === 'polling' || link === 'catching-up';
}
