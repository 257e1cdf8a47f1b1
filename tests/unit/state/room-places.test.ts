import { expect, test } from 'vitest';
import { prefLevel } from '../../../src/lib/notify/rules.ts';
import { prefArchived, prefPinned } from '../../../src/lib/read-model/room-sections.ts';
import type { LastItem } from '../../../src/lib/read-model/views.ts';
import { createRoomPlaces } from '../../../src/lib/state/client/room-places.ts';

/** The places over a map of preferences, and what was done to it. */
function places(...chosen: [string, string][]) {
	const prefs = new Map(chosen);
	const done: string[] = [];
	const made = createRoomPlaces({
		async act(draft) {
			if (draft.kind !== 'pref.set') throw new Error(draft.kind);
			done.push(`${draft.key}=${draft.value}`);
			if (draft.value === '') prefs.delete(draft.key);
			else prefs.set(draft.key, draft.value);
			return 'id';
		},
		prefs: async () => prefs
	});
	return { ...made, done };
}

const room = (seq: number) => ({ id: 'r', upto: seq, queued: 0, last: { seq } as LastItem });

test('pinning puts a conversation after those that are pinned, and only once', async () => {
	const { pin, done } = places([prefPinned('a'), '4']);
	await pin('r', true);
	await pin('r', true);
	await pin('r', false);
	await pin('r', false);
	expect(done).toEqual(['pinned:r=5', 'pinned:r=']);
});

test('what is archived is not pinned, what is pinned not archived', async () => {
	const { pin, archive, done } = places();
	await pin('r', true);
	await archive(room(7), true);
	await pin('r', true);
	expect(done).toEqual(['pinned:r=1', 'pinned:r=', 'archived:r=7', 'archived:r=', 'pinned:r=1']);
});

test('putting back what is archived', async () => {
	const { archive, done } = places([prefArchived('r'), '7']);
	await archive(room(7), false);
	expect(done).toEqual(['archived:r=']);
});

test('silencing what had come back by itself leaves it in the list', async () => {
	const back = places([prefArchived('r'), '7']);
	await back.setLevel(room(8), 'none');
	expect(back.done).toEqual(['archived:r=', 'level:r="none"']);
	const away = places([prefArchived('r'), '7']);
	await away.setLevel(room(7), 'none');
	expect(away.done).toEqual(['level:r="none"']);
});

test('as it is where nothing is chosen', async () => {
	const { setLevel, done } = places([prefLevel('r'), '"none"']);
	await setLevel(room(1), null);
	await setLevel(room(1), null);
	expect(done).toEqual(['level:r=']);
});
