/** What the person wants to hear of in one conversation, on all devices. */
import { levelOf, LEVELS, prefLevel, type Level } from '../../notify/rules.ts';
import type { Client, RoomItem } from '../client/client-types.ts';
import { fromLive } from '../runes/from-live.svelte.ts';

export type { Level } from '../../notify/rules.ts';

/** What of a conversation decides. */
export type LevelRoom = Pick<RoomItem, 'id' | 'direct' | 'private' | 'upto' | 'queued' | 'last'>;

/** Inside a component: the level of a conversation, what waits in the outbox included. */
export function followLevel(
	client: Client,
	room: () => LevelRoom
): {
	/** as chosen, or as it is where nothing was; undefined: not yet read from the device */
	readonly current: Level | undefined;
	/** what can be chosen: in a conversation of two, everything is meant for one */
	readonly choices: readonly Level[];
	/** Rejects with StoreError. */
	choose(level: Level): Promise<void>;
} {
	const prefs = fromLive(() => client.prefs());
	return {
		get current() {
			if (!prefs.current) return undefined;
			const { id, direct, private: isPrivate } = room();
			return levelOf(
				{ level: prefs.current.get(prefLevel(id)) ?? '' },
				{ direct: direct !== null, private: isPrivate }
			);
		},
		get choices() {
			return room().direct ? LEVELS.filter((one) => one !== 'mentions') : LEVELS;
		},
		choose: (level) => client.rooms.setLevel(room(), level)
	};
}
