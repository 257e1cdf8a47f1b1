/** What everybody may know of a server before coming in. */
import * as v from 'valibot';

/** Who may make an account: everybody, whoever has an invite link, nobody. */
export const Registration = v.picklist(['open', 'invite', 'closed']);
export type Registration = v.InferOutput<typeof Registration>;

/** GET /api/server */
export const ServerView = v.object({
	/** empty: it has no name of its own */
	name: v.string(),
	/** path of its icon; null: it has none of its own */
	icon: v.nullable(v.string()),
	registration: Registration,
	/** whether it can send a link for a forgotten password by mail */
	mail: v.boolean()
});
export type ServerView = v.InferOutput<typeof ServerView>;
