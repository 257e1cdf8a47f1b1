/** A thread that hangs or fails costs its own answers, and nobody else's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Clock } from '../../server/domain/ports.ts';
import { createSearch } from '../../server/domain/search.ts';
import { createLog } from '../../server/log.ts';
import { SearchThread } from '../../server/search/search-thread.ts';
import { eventually } from '../contract/search-world.ts';

const PROGRAM = new URL('../support/hanging-index.ts', import.meta.url);
const question = { query: 'x', rooms: [{ room: 1, from: 1 }], limit: 1 };
const busy = { refusal: { code: 'busy', action: 'wait', after: 2_000 } };

const folders: string[] = [];
afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A thread whose timers run when the test says so. @param starts how often it was started before, see the program */
function threadWith(starts: number) {
	const dataDir = mkdtempSync(join(tmpdir(), 'roost-thread-'));
	folders.push(dataDir);
	const indexFile = join(dataDir, 'starts');
	writeFileSync(indexFile, String(starts));
	const lines: string[] = [];
	const timers: { ms: number; run: () => void }[] = [];
	const clock: Clock = {
		now: Date.now,
		after(ms, run) {
			const timer = { ms, run };
			timers.push(timer);
			return () => void timers.splice(timers.indexOf(timer) >>> 0, 1);
		}
	};
	const runTimer = (ms: number) => {
		const at = timers.findIndex((timer) => timer.ms === ms);
		timers.splice(at, 1)[0]!.run();
	};
	const waitForTimer = (ms: number) =>
		eventually(() => expect(timers.map((timer) => timer.ms)).toContain(ms));
	const thread = new SearchThread({
		main: ':memory:',
		indexFile,
		clock,
		log: createLog('info', { write: (line) => void lines.push(line) }),
		program: PROGRAM
	});
	return { thread, lines, runTimer, waitForTimer };
}

test('a thread that hangs is ended after 2 s, one that fails is followed by another (promise 17, LOAD-9)', async () => {
	const { thread, lines, runTimer, waitForTimer } = threadWith(0);
	// Not ready in time: refused, and the thread goes on opening.
	const early = thread.find(question);
	runTimer(2_000);
	await expect(early).rejects.toMatchObject(busy);
	await eventually(() => expect(thread.isReady).toBe(true));

	const hanging = thread.find(question);
	runTimer(2_000);
	await expect(hanging).rejects.toMatchObject(busy);
	expect(lines.join()).toContain('did not answer');
	await waitForTimer(1_000);
	await expect(thread.find(question)).rejects.toMatchObject(busy);

	runTimer(1_000);
	// It cannot be opened: whoever asks meanwhile is refused.
	const failing = thread.find(question);
	await expect(failing).rejects.toMatchObject(busy);
	expect(lines.join()).toContain('this index cannot be opened');
	await waitForTimer(1_000);

	// Again: the next pause is longer.
	runTimer(1_000);
	await waitForTimer(2_000);
	runTimer(2_000);
	expect(await thread.find(question)).toMatchObject({ complete: true });
	await thread.close();
});

test.each(['hang', 'end'])(
	'the question "%s" costs whoever asked what it cost all, and the pause for all stays short (promise 17, LOAD-9)',
	async (query) => {
		const { thread, runTimer, waitForTimer } = threadWith(3);
		const taken = new Map<string, number>();
		const search = createSearch({
			reads: {
				question: async (_person, ask) => ({ ...ask, rooms: question.rooms, author: undefined }),
				read: async () => ({ messages: [], total: 0, cutAt: null })
			},
			index: { find: (_person, asked) => thread.find(asked) },
			limiter: {
				async take(_kind, key, points = 1) {
					taken.set(key, (taken.get(key) ?? 0) + points);
				},
				refund: async () => undefined
			}
		});
		const ask = (person: string, what: string) =>
			search.search({ person, session: 's', device: 'd' }, { query: what, limit: 1 });
		for (let round = 1; round <= 3; round++) {
			await ask('bob', 'x');
			const failing = ask('mallory', query);
			const refused = expect(failing).rejects.toMatchObject(busy);
			if (query === 'hang') {
				await waitForTimer(2_000);
				runTimer(2_000);
			}
			await refused;
			// One for asking, and 3 s of which nobody else has anything.
			expect(taken.get('mallory')).toBe(round * 31);
			await waitForTimer(1_000);
			runTimer(1_000);
		}
		expect(taken.get('bob')).toBe(3);
		await thread.close();
	}
);
