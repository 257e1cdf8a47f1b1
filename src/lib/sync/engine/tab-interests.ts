/** What the tabs of one device want of their leader. */
import type { RoomId } from '../../protocol/ids.ts';
import type { TabInterests } from '../ports.ts';

/** What a tab wants that has just been opened. */
export const NO_INTERESTS: TabInterests = {
	room: null,
	friends: false,
	typing: null,
	fetch: null,
	retryNow: 0
};

export interface TabInterestsByTab {
	get(tab: string): TabInterests | undefined;
	/** Notes what a tab wants; the latest to speak counts first. */
	set(tab: string, interests: TabInterests): void;
	forget(tab: string): void;
	/** Notes who leads; answers whether that is news. */
	newLeader(tab: string): boolean;
	/** The room that presence is wanted for. */
	room(): RoomId | null;
	/** Whether any tab shows who of the friends is online. */
	friends(): boolean;
	/** The room somebody is typing in. */
	typing(): RoomId | null;
}

/** Makes an empty collection. */
export function createTabInterests(): TabInterestsByTab {
	const interests = new Map<string, TabInterests>();
	let leader = '';
	const latest = <T>(pick: (one: TabInterests) => T | null): T | null =>
		[...interests.values()]
			.reverse()
			.map(pick)
			.find((found) => found !== null) ?? null;
	return {
		get: (tab) => interests.get(tab),
		set(tab, next) {
			interests.delete(tab);
			interests.set(tab, { ...next });
		},
		forget: (tab) => void interests.delete(tab),
		newLeader(tab) {
			const news = tab !== leader;
			leader = tab;
			return news;
		},
		room: () => latest((one) => one.room),
		friends: () => [...interests.values()].some((one) => one.friends === true),
		typing: () => latest((one) => one.typing)
	};
}
