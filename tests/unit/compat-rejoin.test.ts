/** What a socket of the compatible API reads when it comes back: a few questions a room, and one bound over all. */
import { expect, it } from 'vitest';
import type { CompatStore, Missed } from '../../server/compat/ports.ts';
import { createProgress } from '../../server/compat/socket/progress.ts';
import { createRejoin } from '../../server/compat/socket/rejoin.ts';
import type { CompatSocket } from '../../server/compat/socket/types.ts';

const ROOMS = 20;

/** A store in which every room has more that was missed than anybody is given. */
function endlessStore() {
	const asked: number[] = [];
	let underWay = 0;
	let most = 0;
	const store = {
		async missed(_person, { room }, limit): Promise<Missed> {
			asked.push(limit);
			most = Math.max(most, ++underWay);
			await Promise.resolve();
			underWay--;
			const messages = Array.from({ length: limit }, () => ({ row: { room } }));
			return { room: { number: 1, name: room }, messages, from: 0 } as unknown as Missed;
		}
	} as Pick<CompatStore, 'missed'>;
	return { store, asked, most: () => most };
}

it('has one bound over all rooms, and takes one connection', async () => {
	const { store, asked, most } = endlessStore();
	const rejoin = createRejoin({
		context: { store } as never,
		rejoinStore: {} as never,
		progress: createProgress(1_000_000)
	});
	const kept = Array.from({ length: ROOMS }, (_, i) => ({
		...{ room: `room ${i}`, seq: 0, arrived: 0, byName: false }
	}));
	const socket = { data: { actor: { person: 'ann' } } } as unknown as CompatSocket;
	const { rooms, readUpTo } = await rejoin.read(socket, kept);
	const sizes = rooms.map(({ messages }) => messages.length);
	expect(sizes.slice(0, 5)).toEqual([500, 500, 500, 500, 0]);
	expect(sizes.reduce((sum, size) => sum + size)).toBe(2_000);
	expect([asked.length, most(), readUpTo]).toEqual([ROOMS, 1, 1_000_000]);
});
