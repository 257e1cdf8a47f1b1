/** Limits that several nodes count together. */
import type { SharedCounts } from '../auth/limits.ts';
import type { Redis } from './redis.ts';

/** ms for which Redis is waited for: whoever asks something waits as long. */
const ANSWER_WITHIN = 500;

/** @param instance id of the database */
export const createSharedCounts = (redis: Redis, instance: string): SharedCounts => ({
	get isReady() {
		return redis.isUp();
	},
	async eval(script, given) {
		const late = Promise.withResolvers<never>();
		const timer = setTimeout(() => late.reject(new Error('Redis is late')), ANSWER_WITHIN);
		try {
			return await Promise.race([redis.client.eval(script, given), late.promise]);
		} finally {
			clearTimeout(timer);
		}
	},
	prefix: `roost:${instance}:limit:`
});
