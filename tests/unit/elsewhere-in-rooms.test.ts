/** Who of a room is online by other servers is asked once at a time, and anew when somebody has come. */
import { expect, test } from 'vitest';
import { ElsewhereInRooms } from '../../server/socket/elsewhere-in-rooms.ts';
import { fewAtATime } from '../../server/socket/few-at-a-time.ts';

function world() {
	const asked: { room: string; answer: (people: string[]) => void; fail: () => void }[] = [];
	const online = new Set(['anna', 'ben']);
	const inRooms = new ElsewhereInRooms({
		isOnline: (person) => online.has(person),
		inRoom: (room) =>
			online.size === 0
				? null
				: new Promise((answer, reject) =>
						asked.push({ room, answer, fail: () => reject(new Error('away')) })
					)
	});
	return { asked, online, inRooms };
}

test('a question that is under way is everybody’s, and the next one is new', async () => {
	const { asked, online, inRooms } = world();
	const both = Promise.all([inRooms.of('lake'), inRooms.of('lake'), inRooms.of('hill')]);
	expect(asked.map(({ room }) => room)).toEqual(['lake', 'hill']);
	online.delete('ben');
	asked[0]!.answer(['anna', 'ben']);
	asked[1]!.fail();
	expect(await both).toEqual([['anna'], ['anna'], []]);
	void inRooms.of('lake');
	expect(asked).toHaveLength(3);
	online.clear();
	expect(inRooms.of('sea')).toBeNull();
});

test('what was asked before somebody came is not believed to know of them', () => {
	const { asked, inRooms } = world();
	void [inRooms.of('lake'), inRooms.of('hill')];
	inRooms.changed('lake');
	void [inRooms.of('lake'), inRooms.of('hill')];
	expect(asked.map(({ room }) => room)).toEqual(['lake', 'hill', 'lake']);
	inRooms.changed();
	void inRooms.of('hill');
	expect(asked).toHaveLength(4);
});

test('a few are done at a time, and none begins after an error', async () => {
	let most = 0;
	let now = 0;
	const done: number[] = [];
	const act = async (one: number) => {
		most = Math.max(most, ++now);
		await Promise.resolve();
		now -= 1;
		if (one === 7) throw new RangeError('no');
		done.push(one);
	};
	await fewAtATime([1, 2, 3, 4, 5], 2, act);
	expect([most, done]).toEqual([2, [1, 2, 3, 4, 5]]);
	await expect(fewAtATime([6, 7, 8, 9, 10], 2, act)).rejects.toThrow(RangeError);
	expect(done.slice(5)).not.toContain(10);
});
