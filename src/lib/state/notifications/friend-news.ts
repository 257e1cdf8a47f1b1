/**
 * News of friends: somebody asks, somebody has said yes. Each is told once per device, however many
 * tabs are open and however often the app starts; what was told is remembered per account.
 */
import type { PersonId } from '../../protocol/ids.ts';
import type { ContactItem } from '../client/client-types.ts';

/** What this device has told already. */
export interface Told {
	/** the change of the feed up to which everything was told */
	rev: number;
	/** people who had been asked and had not answered by then */
	asked: PersonId[];
}

export interface FriendNews {
	what: 'asks' | 'accepted';
	item: ContactItem;
}

/** What is new since `told`, and what is then told. Only what the log says counts, not what waits. */
export function friendNews(
	told: Told,
	items: readonly ContactItem[]
): { news: FriendNews[]; told: Told } {
	const asked = new Set(told.asked);
	const news: FriendNews[] = [];
	for (const item of items) {
		if (item.rev <= told.rev || item.delivery !== 'sent' || item.blocked) continue;
		if (item.state === 'incoming') news.push({ what: 'asks', item });
		if (item.state === 'friend' && asked.has(item.person)) news.push({ what: 'accepted', item });
	}
	return {
		news,
		told: {
			rev: items.reduce((most, item) => Math.max(most, item.rev), told.rev),
			asked: items.flatMap((item) => (item.state === 'outgoing' ? [item.person] : []))
		}
	};
}
