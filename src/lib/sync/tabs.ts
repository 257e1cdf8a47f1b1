/** What the tabs of one device want of their leader. */
import type { RoomId } from '../protocol/ids.ts';
import type { Wishes } from './ports.ts';

export interface Tabs {
	get(tab: string): Wishes | undefined;
	/** Notes a tab's wishes; the latest to speak counts first. */
	set(tab: string, wishes: Wishes): void;
	forget(tab: string): void;
	/** Notes who leads; answers whether that is news. */
	newLeader(tab: string): boolean;
	/** The room that presence is wanted for. */
	look(): RoomId | null;
	/** Whether any tab shows who of the friends is online. */
	friends(): boolean;
	/** The room somebody is typing in. */
	typing(): RoomId | null;
}

/** Makes an empty collection. */
export function createTabs(): Tabs {
	const wishes = new Map<string, Wishes>();
	let leader = '';
	const latest = <T>(pick: (one: Wishes) => T | null): T | null =>
		[...wishes.values()]
			.reverse()
			.map(pick)
			.find((found) => found !== null) ?? null;
	return {
		get: (tab) => wishes.get(tab),
		set(tab, next) {
			wishes.delete(tab);
			wishes.set(tab, { ...next });
		},
		forget: (tab) => void wishes.delete(tab),
		newLeader(tab) {
			const news = tab !== leader;
			leader = tab;
			return news;
		},
		look: () => latest((one) => one.look),
		friends: () => [...wishes.values()].some((one) => one.friends === true),
		typing: () => latest((one) => one.typing)
	};
}
