/** Lists of texts by session that all nodes share, for a quarter of an hour. */
import type { SharedLists } from '../compat/socket/shared-rejoin.ts';
import type { Redis } from './redis.ts';

/** Seconds that a list is kept after it was last changed: as long as the compatible API keeps such things. */
const KEPT_FOR = 15 * 60;
/** Texts of one list. */
const KEPT_MAX = 20;
/** ms for which Redis is waited for. */
const ANSWER_WITHIN = 500;

/** @param instance id of the database */
export function createSharedLists(redis: Redis, instance: string): SharedLists {
	const { client } = redis;
	const keyOf = (session: string): string => `roost:${instance}:joined:${session}`;
	return {
		push: (session, text) =>
			redis.within(ANSWER_WITHIN, async () => {
				const key = keyOf(session);
				await client
					.multi()
					.rPush(key, text)
					.lTrim(key, -KEPT_MAX, -1)
					.expire(key, KEPT_FOR)
					.exec();
			}),
		pop: (session) => redis.within(ANSWER_WITHIN, () => client.rPop(keyOf(session))),
		all: (session) => redis.within(ANSWER_WITHIN, () => client.lRange(keyOf(session), 0, -1)),
		replace: (session, texts) =>
			redis.within(ANSWER_WITHIN, async () => {
				const key = keyOf(session);
				const change = client.multi().del(key);
				if (texts.length > 0) change.rPush(key, texts).expire(key, KEPT_FOR);
				await change.exec();
			})
	};
}
