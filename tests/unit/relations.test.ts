/** What people are to one another, as a server knows it that hears of the blocks of people who are elsewhere. */
import { expect, test } from 'vitest';
import { createRelations } from '../../server/socket/relations.ts';

/** Relations of people by a list of pairs between whom there is a block. */
function world() {
	const blocks = new Set<string>();
	const relations = createRelations({
		friends: async () => [],
		blockedWith: async (person) =>
			[...blocks].flatMap((pair) => {
				const [one, other] = pair.split(' ') as [string, string];
				return person === one ? [other] : person === other ? [one] : [];
			})
	});
	return { blocks, relations };
}

test('a block and its end by somebody who is connected elsewhere count for the one who is here', async () => {
	const { blocks, relations } = world();
	await relations.load('ben');
	blocks.add('anna ben');
	expect(await relations.reload('anna')).toEqual(new Set(['anna', 'ben']));
	expect(relations.areBlocked('anna', 'ben')).toBe(true);
	blocks.clear();
	expect(await relations.reload('anna')).toEqual(new Set(['anna', 'ben']));
	expect(relations.areBlocked('anna', 'ben')).toBe(false);
	expect(relations.known()).toEqual(['ben']);
});

test('nobody is told anew for whom nothing is different', async () => {
	const { blocks, relations } = world();
	await Promise.all(['anna', 'ben', 'cami'].map((person) => relations.load(person)));
	blocks.add('anna ben');
	expect(await relations.reload('anna')).toEqual(new Set(['anna', 'ben']));
	expect(await relations.reload('ben')).toEqual(new Set(['ben']));
});
