/** Lists in parts: whoever paged on is not thrown back, and nothing is shown twice. */
import { expect, test } from 'vitest';
import { askParts, joined } from '../../../src/lib/ui/admin/parts.ts';

const ids = (from: number, to: number) =>
	Array.from({ length: to - from }, (_, n) => ({ id: String(from + n) }));

/** Twelve in parts of five. */
function dozen(asked: string[] = []) {
	return async (after: string) => {
		asked.push(after);
		const from = Number(after);
		const to = Math.min(from + 5, 12);
		return { answer: { items: ids(from, to), next: to < 12 ? String(to) : null } };
	};
}

test.each([
	[0, [''], 5],
	[5, [''], 5],
	[6, ['', '5'], 10],
	[10, ['', '5'], 10],
	[12, ['', '5', '10'], 12],
	[60, ['', '5', '10'], 12]
])('%i that were shown are asked for as %j', async (count, parts, length) => {
	const asked: string[] = [];
	const answered = await askParts(dozen(asked), count);
	expect(asked).toEqual(parts);
	expect(answered).toEqual({
		answer: { items: ids(0, length), next: length < 12 ? String(length) : null }
	});
});

test('what cannot be asked to its end is not there', async () => {
	const fault = { kind: 'unreachable' } as const;
	const whole = dozen();
	expect(await askParts(async (after) => (after === '5' ? { fault } : whole(after)), 12)).toEqual({
		fault
	});
});

test('what has moved on between two answers is shown once, where it is now', () => {
	expect(joined(ids(0, 3), [{ id: '1' }, { id: '7' }]).map(({ id }) => id)).toEqual([
		...['0', '2', '1', '7']
	]);
});
