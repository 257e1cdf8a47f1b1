/** Servers that help media on its way (STUN, TURN), with credentials in coturn's shared-secret scheme. */
import { createHmac } from 'node:crypto';
import type { IceServer } from '../../src/lib/protocol/calls.ts';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import type { IceServers } from './ports.ts';

/** What helps media on its way, as configured. */
export interface RelayConfig {
	stun: string[];
	/** addresses as browsers take them, and the secret that is shared with the relay; null: there is none */
	turn: {
		urls: string[];
		secret: string;
		/** s for which a credential holds */ ttl: number;
	} | null;
	/** whether media always goes through the relay */
	isRelayOnly: boolean;
}

/**
 * A credential that ends by itself. The name tells the relay nothing of who it is, but is the same for one person, so
 * that its quotas hold.
 * @param expires s since the epoch
 */
export function turnCredential(
	secret: string,
	person: PersonId,
	expires: number
): { username: string; credential: string } {
	const who = createHmac('sha256', secret).update(person).digest('base64url').slice(0, 16);
	const username = `${expires}:${who}`;
	return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}

/** @param now ms */
export function createIceServers(config: RelayConfig, now: () => number): IceServers {
	const { stun, turn, isRelayOnly } = config;
	return {
		hasRelay: turn !== null,
		isRelayOnly,
		for(person) {
			const servers: IceServer[] = stun.length > 0 && !isRelayOnly ? [{ urls: stun }] : [];
			if (!turn) return servers;
			const expires = Math.floor(now() / 1_000) + turn.ttl;
			return [...servers, { urls: turn.urls, ...turnCredential(turn.secret, person, expires) }];
		}
	};
}
