/** Where something can be said. */
import type { RoomItem } from '../../read-model/views.ts';

/** Whether one may write there: nothing can be said across a block, nor to an account that is no more. */
export const canPost = ({ state, direct }: Pick<RoomItem, 'state' | 'direct'>): boolean =>
	(state === 'in' || state === 'creating') && !direct?.blocked && !direct?.card?.deleted;
