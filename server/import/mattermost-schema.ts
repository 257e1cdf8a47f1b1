/** Lines of Mattermost's bulk export, as far as they are read. */
import * as v from 'valibot';

const name = v.pipe(v.string(), v.maxLength(200));
const optionalText = v.nullish(v.string(), '');
const at = v.pipe(v.number(), v.integer(), v.minValue(0));

const Reaction = v.object({ user: name, emoji_name: v.string() });
const Attachment = v.object({ path: v.string() });
const said = {
	user: name,
	type: optionalText,
	message: optionalText,
	create_at: at,
	edit_at: v.nullish(at, 0),
	is_pinned: v.nullish(v.boolean(), false),
	reactions: v.nullish(v.array(Reaction), []),
	attachments: v.nullish(v.array(Attachment), [])
};
const Said = v.object(said);
export type Said = v.InferOutput<typeof Said>;
const replies = v.nullish(v.array(Said), []);

const Team = v.object({ name, display_name: optionalText });
const Channel = v.object({
	team: name,
	name,
	display_name: optionalText,
	type: v.nullish(v.picklist(['O', 'P']), 'O'),
	header: optionalText,
	purpose: optionalText
});
export type Channel = v.InferOutput<typeof Channel>;
const Membership = v.object({ name, roles: optionalText });
const User = v.object({
	username: name,
	nickname: optionalText,
	first_name: optionalText,
	last_name: optionalText,
	teams: v.nullish(v.array(v.object({ name, channels: v.nullish(v.array(Membership), []) })), [])
});
export type User = v.InferOutput<typeof User>;
const people = v.pipe(v.array(name), v.minLength(1), v.maxLength(1_000));
const DirectChannel = v.object({
	members: v.nullish(people),
	participants: v.nullish(v.pipe(v.array(v.object({ username: name })), v.maxLength(1_000))),
	header: optionalText
});

const Post = v.object({ ...said, team: name, channel: name, replies });
const DirectPost = v.object({ ...said, channel_members: people, replies });
export type Post = v.InferOutput<typeof Post>;
export type DirectPost = v.InferOutput<typeof DirectPost>;

/** A line that is read. Those of other types are passed over: roles, schemes, emoji of their own, bots. */
export const ReadLine = v.variant('type', [
	v.object({ type: v.literal('version'), version: v.literal(1) }),
	v.object({ type: v.literal('team'), team: Team }),
	v.object({ type: v.literal('channel'), channel: Channel }),
	v.object({ type: v.literal('user'), user: User }),
	v.object({ type: v.literal('direct_channel'), direct_channel: DirectChannel }),
	v.object({ type: v.literal('post'), post: Post }),
	v.object({ type: v.literal('direct_post'), direct_post: DirectPost })
]);
export type ReadLine = v.InferOutput<typeof ReadLine>;

export const AnyLine = v.object({ type: v.string() });
export const READ: ReadonlySet<string> = new Set([
	'version',
	'team',
	'channel',
	'user',
	'direct_channel',
	'post',
	'direct_post'
]);
