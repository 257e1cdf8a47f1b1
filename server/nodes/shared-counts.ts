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
	eval: (script, given) => redis.within(ANSWER_WITHIN, () => redis.client.eval(script, given)),
	prefix: `roost:${instance}:limit:`
});
