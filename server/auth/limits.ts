/**
 * How often something may be tried. Counted in memory: a restart forgets, which is good enough for one process. Several
 * servers count together, in Redis; while it is away each counts by itself.
 */
import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Limiter } from '../domain/ports.ts';

/**
 * Points within so many seconds. A school behind one address must be able to register a class, and
 * a device that was away for a week must be able to send what it has queued.
 */
const RULES = {
	/** acts of one person */
	acts: { points: 3_000, duration: 60 },
	/** pulls, heads and other questions of one person, from all devices */
	reads: { points: 6_000, duration: 60 },
	/**
	 * wrong tries at a room's password: by one person at one room, and by everybody at one room, beyond which each
	 * person may still try after a growing pause
	 */
	'room-password': { points: 10, duration: 300 },
	'room-password-room': { points: 100, duration: 300 },
	/** the same by everybody behind one address, at whatever rooms (HTTP-13) */
	'room-password-address': { points: 60, duration: 300 },
	/** looking people up by name (HTTP-11), and looking behind invite links (ABUSE-3) */
	find: { points: 30, duration: 60 },
	invite: { points: 30, duration: 60 },
	/** searching, of one person: by what it costs, see server/domain/search.ts */
	search: { points: 240, duration: 60 },
	/** requests to people, and conversations begun with them */
	'friend-ask': { points: 100, duration: 3_600 },
	'direct-open': { points: 200, duration: 3_600 },
	/** changes of one's card; rooms and invite links made by one person */
	profile: { points: 20, duration: 600 },
	/** messages reported by one person */
	report: { points: 30, duration: 3_600 },
	'room-create': { points: 200, duration: 3_600 },
	'invite-create': { points: 200, duration: 3_600 },
	/** calls that one person starts */
	'call-start': { points: 6, duration: 60 },
	'call-start-hour': { points: 60, duration: 3_600 },
	/** calls of one person to another that were not answered */
	'call-unanswered': { points: 3, duration: 600 },
	/** credentials for a relay, of one person in one call */
	'call-ice': { points: 12, duration: 3_600 },
	/** new profile pictures of one person */
	pictures: { points: 20, duration: 600 },
	/** tries at one's own present password */
	'own-password': { points: 10, duration: 300 },
	/**
	 * sign-ins from one address, at one account from one address, and at one account from anywhere, beyond which
	 * each address may still try after a growing pause
	 */
	'sign-in-address': { points: 60, duration: 300 },
	'sign-in-pair': { points: 10, duration: 300 },
	'sign-in-account': { points: 100, duration: 3_600 },
	/** sign-ins to an account on a device that is known for it (known-devices.ts) */
	'sign-in-device': { points: 10, duration: 300 },
	/** calls of the compatible API: with one token, and from one address */
	'api-token': { points: 1_200, duration: 60 },
	'api-address': { points: 12_000, duration: 60 },
	/** tries whether notifications come, of one person; other e-mail addresses, each of which tells if it is taken */
	'push-test': { points: 10, duration: 600 },
	'email-change': { points: 10, duration: 3_600 },
	/** files handed in to the compatible API, and posters of films, by one person */
	uploads: { points: 100, duration: 600 },
	/** tries at links for a forgotten password, from one address */
	'password-link': { points: 30, duration: 300 },
	/** links for a forgotten password that are asked for by mail: from one address, and for one account */
	'password-mail-address': { points: 20, duration: 3_600 },
	'password-mail-account': { points: 5, duration: 3_600 },
	/** new accounts from one address */
	register: { points: 60, duration: 3_600 }
} as const;
type LimitKind = keyof typeof RULES;

/** The domain's limiter, and the doors' own limits. */
export interface Limits extends Limiter {
	take(kind: LimitKind, key: string, points?: number, own?: string): Promise<void>;
	refund(kind: LimitKind, key: string, own?: string): Promise<void>;
}

/** Whether a try may be made, how long to wait otherwise (ms), and that one turned out well. */
interface Pauses {
	take(key: string): number | null;
	forget(key: string): void;
}

/** ms between the first two tries of one of many while all are slowed down; doubled with each wrong one. */
const PAUSE = 30_000;
const PAUSE_MAX = 3_600_000;
/** Tries that are remembered; beyond it the oldest are forgotten. */
const PAUSES_KEPT = 50_000;

/** Growing pauses, one for each key. */
function createPauses(now: () => number): Pauses {
	const tries = new Map<string, { count: number; notBefore: number }>();
	return {
		take(key) {
			const known = tries.get(key);
			const wait = (known?.notBefore ?? 0) - now();
			if (wait > 0) return wait;
			const count = known?.count ?? 0;
			tries.delete(key);
			tries.set(key, {
				count: count + 1,
				notBefore: now() + Math.min(PAUSE * 2 ** count, PAUSE_MAX)
			});
			if (tries.size > PAUSES_KEPT) tries.delete(tries.keys().next().value!);
			return null;
		},
		forget: (key) => void tries.delete(key)
	};
}

/** Where several servers count together: what their limiter asks of a client of Redis. */
export interface SharedCounts {
	readonly isReady: boolean;
	/** Rejects when no answer comes soon. */
	eval(script: string, given: { keys: string[]; arguments: string[] }): Promise<unknown>;
	/** stands before every key */
	prefix: string;
}

/** Counts what is tried of one kind. */
function createLimiter(kind: LimitKind, shared: SharedCounts | null) {
	const alone = new RateLimiterMemory(RULES[kind]);
	if (!shared) return alone;
	return new RateLimiterRedis({
		...RULES[kind],
		storeClient: shared,
		useRedisPackage: true,
		rejectIfRedisNotReady: true,
		keyPrefix: `${shared.prefix}${kind}`,
		insuranceLimiter: alone
	});
}

/**
 * @param on false lets everything through (RATE_LIMITS=off)
 * @param now ms
 * @param shared null: there is one server
 */
export function createLimits(
	on: boolean,
	now: () => number = Date.now,
	shared: SharedCounts | null = null
): Limits {
	if (!on) return { take: async () => undefined, refund: async () => undefined };
	const pauses = createPauses(now);
	const limiters = new Map(
		(Object.keys(RULES) as LimitKind[]).map((kind) => [kind, createLimiter(kind, shared)])
	);
	return {
		async take(kind, key, points = 1, own) {
			try {
				await limiters.get(kind)!.consume(key, points);
			} catch (error) {
				if (!(error instanceof RateLimiterRes)) throw error;
				const wait = own === undefined ? error.msBeforeNext : pauses.take(`${kind} ${own}`);
				if (wait === null) return;
				throw new RefusalError(refuse('too_many', { after: Math.ceil(wait) }));
			}
		},
		async refund(kind, key, own) {
			if (own !== undefined) pauses.forget(`${kind} ${own}`);
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
