/** How the list of conversations is shown: its order, and which sections are folded; remembered on this device. */
import { RememberedChoice } from '../../remembered-choice.svelte.ts';
import { SECTIONS, type RoomSort, type SectionName } from '../../read-model/room-sections.ts';

export { isListed, roomSections } from '../../read-model/room-sections.ts';
export type { RoomSection, RoomSort, SectionName } from '../../read-model/room-sections.ts';

export const ROOM_SORTS = ['recent', 'unread'] as const satisfies readonly RoomSort[];
export const roomSort = new RememberedChoice<RoomSort>('roost:room-sort', ROOM_SORTS);

type Fold = RememberedChoice<'open' | 'folded'>;

const folds = new Map<SectionName, Fold>(
	SECTIONS.map((name) => [
		name,
		// What is archived is out of the way until it is asked for.
		new RememberedChoice(
			`roost:section:${name}`,
			name === 'archived' ? ['folded', 'open'] : ['open', 'folded']
		)
	])
);

export const isFolded = (name: SectionName): boolean => folds.get(name)!.current === 'folded';

export const toggleFold = (name: SectionName): void =>
	folds.get(name)!.set(isFolded(name) ? 'open' : 'folded');

/** Forgets it all: whoever signs in next has another list. */
export function forgetRoomList(): void {
	for (const choice of [roomSort, ...folds.values()]) choice.forget();
}

/** Begins to follow other tabs; the answer ends it. */
export function followRoomList(): () => void {
	const ends = [roomSort, ...folds.values()].map((choice) => choice.start());
	return () => ends.forEach((end) => end());
}
