/** Where something can be said. */
import type { RoomItem } from './client-types.ts';

/** Whether one may write there: nothing can be said across a block, nor to an account that is no more. */
export const isWritable = ({ state, direct }: Pick<RoomItem, 'state' | 'direct'>): boolean =>
	(state === 'in' || state === 'creating') && !direct?.blocked && !direct?.card?.deleted;
