/** How often something may be tried. Counted in memory: a restart forgets, which is good enough for one process. */
import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Limiter } from '../domain/ports.ts';

/**
 * Points within so many seconds. A school behind one address must be able to register a class, and
 * a device that was away for a week must be able to send what it has queued.
 */
const RULES = {
	/** acts of one person */
	acts: { points: 3_000, duration: 60 },
	/** pulls, digests and other questions of one person, from all devices */
	reads: { points: 6_000, duration: 60 },
	/** wrong tries at a room's password: by one person at one room, and by everybody at one room */
	'room-password': { points: 10, duration: 300 },
	'room-password-room': { points: 100, duration: 300 },
	/** the same by everybody behind one address, at whatever rooms (H13) */
	'room-password-address': { points: 60, duration: 300 },
	/** looking people up by name (H11), and looking behind invite links (E3) */
	find: { points: 30, duration: 60 },
	invite: { points: 30, duration: 60 },
	/** requests to people, and conversations begun with them */
	'friend-ask': { points: 100, duration: 3_600 },
	'direct-open': { points: 200, duration: 3_600 },
	/** changes of one's card; rooms and invite links made by one person */
	profile: { points: 20, duration: 600 },
	'room-create': { points: 200, duration: 3_600 },
	'invite-create': { points: 200, duration: 3_600 },
	/** new profile pictures of one person */
	pictures: { points: 20, duration: 600 },
	/** tries at one's own present password */
	'own-password': { points: 10, duration: 300 },
	/** sign-ins from one address, at one account from one address, and at one account from anywhere */
	'sign-in-address': { points: 60, duration: 300 },
	'sign-in-pair': { points: 10, duration: 300 },
	'sign-in-account': { points: 100, duration: 3_600 },
	/** calls of the compatible API: with one token, and from one address */
	'api-token': { points: 1_200, duration: 60 },
	'api-address': { points: 12_000, duration: 60 },
	/** files handed in by one person */
	uploads: { points: 100, duration: 600 },
	/** new accounts from one address */
	register: { points: 60, duration: 3_600 }
} as const;
export type LimitKind = keyof typeof RULES;

/** The domain's limiter, and the doors' own limits. */
export interface Limits extends Limiter {
	/** Counts a try; rejects with RefusalError("too_many") when there were too many. */
	take(kind: LimitKind, key: string, points?: number): Promise<void>;
	/** Takes a try back that turned out well. */
	giveBack(kind: LimitKind, key: string): Promise<void>;
}

/** @param on false lets everything through (RATE_LIMITS=off) */
export function createLimits(on: boolean): Limits {
	if (!on) return { take: async () => undefined, giveBack: async () => undefined };
	const limiters = new Map(
		(Object.keys(RULES) as LimitKind[]).map((kind) => [kind, new RateLimiterMemory(RULES[kind])])
	);
	return {
		async take(kind, key, points = 1) {
			try {
				await limiters.get(kind)!.consume(key, points);
			} catch (fault) {
				if (!(fault instanceof RateLimiterRes)) throw fault;
				throw new RefusalError(refuse('too_many', { after: Math.ceil(fault.msBeforeNext) }));
			}
		},
		async giveBack(kind, key) {
			await limiters.get(kind)!.reward(key, 1);
		}
	};
}

/** What counts as one address: an IPv6 customer has a whole /64 to try from. */
export function addressKey(address: string): string {
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
	if (mapped) return mapped;
	if (!isIPv6(address)) return address;
	const [head = '', tail] = address.split('%')[0]!.split('::');
	const groups = head === '' ? [] : head.split(':');
	if (tail !== undefined) {
		const rest = tail === '' ? [] : tail.split(':');
		while (groups.length + rest.length < 8) groups.push('0');
		groups.push(...rest);
	}
	return `${groups
		.slice(0, 4)
		.map((group) => Number.parseInt(group, 16).toString(16))
		.join(':')}::/64`;
}
