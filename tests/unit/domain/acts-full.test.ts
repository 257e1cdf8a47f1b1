/** Acts while the queue of commits is full: nothing of a request is tried, so that its order stays (promises 4 and 17). */
import { expect, test } from 'vitest';
import { performActs } from '../../../server/domain/acts.ts';
import { newId } from '../../support/person.ts';

test('a request that finds the queue full is answered "later", act by act, and adds nothing', async () => {
	const added: unknown[] = [];
	const context = {
		queue: {
			isFull: () => true,
			add: async (act: unknown) => void added.push(act),
			drained: async () => undefined
		}
	} as unknown as Parameters<typeof performActs>[0];
	const acts = [newId(), newId()].map((id) => ({ id, at: 1, kind: 'room.leave', room: newId() }));
	const results = await performActs(context, { person: 'p', session: 's', device: 'd' }, acts);
	expect(results).toMatchObject(
		acts.map(({ id }) => ({ status: 'later', id, refusal: { code: 'busy', after: 2_000 } }))
	);
	expect(added).toEqual([]);
});
