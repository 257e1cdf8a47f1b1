/** Drafts of a person's devices: kept at once, shared when the typing pauses, none of two lost. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DraftRow } from '../../../src/lib/protocol/change.ts';
import type { Act } from '../../../src/lib/protocol/up.ts';
import { sharedDraft, type SharedDraft } from '../../../src/lib/db/drafts.ts';
import { textsOf } from '../../../src/lib/protocol/draft-texts.ts';
import type { Draft, OutboxRow } from '../../../src/lib/sync/ports.ts';
import { DRAFT_WITHIN } from '../../../src/lib/ui/chat/composer/draft-keeper.ts';
import {
	DraftSession,
	HANDS_OFF,
	SHARE_AFTER,
	type Written
} from '../../../src/lib/ui/chat/composer/draft-session.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const none: SharedDraft = {
	body: '',
	reply: null,
	rev: 0,
	other: null,
	kept: [],
	queued: false,
	underWay: false,
	said: false
};
const text = (body: string): Written => ({ body, reply: null });

/** One device with a composer. */
function device(kept: Partial<Draft> | null = null, said: string[] = []) {
	const it = {
		composer: text(''),
		/** what the device keeps */
		kept: kept && ({ room: 'r', body: '', at: 1, ...kept } as Draft | null),
		given: [] as { body: string; base: number }[],
		other: null as string | null,
		onsave: null as ((draft: Draft | null) => void) | null,
		/** it can keep nothing more */
		full: false,
		/** kept for a window that goes away */
		atOnce: null as { body: string; over: string } | null,
		/** somebody is in its field */
		focused: false,
		session: null as unknown as DraftSession
	};
	it.session = new DraftSession({
		load: async () => it.kept,
		async save(draft) {
			if (it.full) throw new Error('full');
			it.kept = draft.body === '' ? null : { room: 'r', at: 1, ...draft };
			it.onsave?.(it.kept);
		},
		keepAtOnce: (written) => (it.atOnce = written),
		async share({ body }, base) {
			it.given.push({ body, base });
		},
		isSaid: (body) => said.some((one) => one.startsWith(body)),
		isFocused: () => it.focused,
		adopt: (written) => (it.composer = written),
		other: (other) => (it.other = other),
		failed(error) {
			if (!it.full) throw error;
		}
	});
	return Object.assign(it, {
		type(body: string) {
			it.composer = text(body);
			it.session.change(it.composer);
		}
	});
}

async function opened(...of: Parameters<typeof device>) {
	const it = device(...of);
	await it.session.open();
	it.session.hear(none);
	return it;
}

describe('one device', () => {
	it('keeps a text within 300 ms and hands it over when the typing pauses', async () => {
		const it = await opened();
		it.type('h');
		await vi.advanceTimersByTimeAsync(DRAFT_WITHIN);
		expect(it.kept?.body).toBe('h');
		it.type('hello');
		await vi.advanceTimersByTimeAsync(SHARE_AFTER - 1);
		expect(it.given).toEqual([]);
		await vi.advanceTimersByTimeAsync(1);
		expect(it.given).toEqual([{ body: 'hello', base: 0 }]);
		expect(it.kept).toMatchObject({ body: 'hello', sent: 'hello' });
	});

	it('hands over at once when the window goes away, and nothing twice', async () => {
		const it = await opened();
		it.type('half a');
		await it.session.flush();
		await it.session.flush();
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		expect(it.given).toEqual([{ body: 'half a', base: 0 }]);
	});

	it('words that are handed to it are kept when it says so, and it says when they are not', async () => {
		const it = await opened();
		it.type('shared words');
		await it.session.keep();
		expect(it.kept?.body).toBe('shared words');
		it.full = true;
		it.type('shared words and more');
		await expect(it.session.keep()).rejects.toThrow('full');
		expect(it.kept?.body).toBe('shared words');
		it.session.drop();
	});

	it('a text sent before any pause is never handed over', async () => {
		const it = await opened();
		it.type('quick');
		it.session.drop();
		await vi.advanceTimersByTimeAsync(2 * SHARE_AFTER);
		expect(it.given).toEqual([]);
		expect(it.kept).toBe(null);
	});

	it('a text sent after a pause is taken back from the others', async () => {
		const it = await opened();
		it.type('slow');
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		it.session.hear({ ...none, body: 'slow', rev: 4 });
		it.session.drop();
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		expect(it.given.at(-1)).toEqual({ body: '', base: 4 });
	});

	it('waits for the answer before it hands over the next, which then builds on it', async () => {
		const it = await opened();
		it.type('one');
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		it.session.hear({ ...none, body: 'one', queued: true, underWay: true });
		it.type('one two');
		await vi.advanceTimersByTimeAsync(5 * SHARE_AFTER);
		expect(it.given).toHaveLength(1);
		it.session.hear({ ...none, body: 'one', rev: 7 });
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		expect(it.given.at(-1)).toEqual({ body: 'one two', base: 7 });
	});

	it('complaint 7: what was kept is there again, and what was not handed over is handed over', async () => {
		const it = await opened({ body: 'kept', base: 3 });
		expect(it.composer).toEqual(text('kept'));
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		expect(it.given).toEqual([{ body: 'kept', base: 3 }]);
	});

	it('what was handed over stays while the server’s answer has not come', async () => {
		const it = await opened({ body: 'kept', sent: 'kept', base: 0 });
		expect(it.composer).toEqual(text('kept'));
	});

	it('a draft of what has just been said is a left-over', async () => {
		const it = device(null, ['see you at the pier']);
		await it.session.open();
		it.session.hear({ ...none, body: 'see you at', rev: 5 });
		await vi.advanceTimersByTimeAsync(0);
		expect(it.composer).toEqual(text(''));
		expect(it.given).toEqual([{ body: '', base: 5 }]);
	});
});

describe('two devices', () => {
	it('a device with nothing new shows what the other one wrote', async () => {
		const it = await opened();
		it.session.hear({ ...none, body: 'from the phone', rev: 2 });
		expect(it.composer).toEqual(text('from the phone'));
		it.session.hear({ ...none, rev: 3 });
		expect(it.composer).toEqual(text(''));
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		expect(it.given).toEqual([]);
	});

	it('a device that has typed keeps its own text; the server keeps both', async () => {
		const it = await opened();
		it.type('mine');
		it.session.hear({ ...none, body: 'theirs', rev: 2 });
		expect(it.composer).toEqual(text('mine'));
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		// An older base is what tells the server that the other text was not seen.
		expect(it.given).toEqual([{ body: 'mine', base: 0 }]);
		it.session.hear({ ...none, body: 'mine', rev: 3, other: 'theirs' });
		expect(it.other).toBe('theirs');
		it.session.resolve(text('mine\n\ntheirs'));
		await vi.advanceTimersByTimeAsync(0);
		expect(it.given.at(-1)).toEqual({ body: 'mine\n\ntheirs', base: 3 });
		it.session.hear({ ...none, body: 'mine\n\ntheirs', rev: 4 });
		expect(it.other).toBe(null);
	});

	it('what was typed here stays, though another text is newer, which is shown beside it', async () => {
		const it = await opened();
		it.type('mine');
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		it.session.hear({ ...none, body: 'mine', rev: 2 });
		it.session.hear({ ...none, body: 'theirs', rev: 3, other: 'mine' });
		await vi.advanceTimersByTimeAsync(2 * HANDS_OFF);
		expect(it.composer).toEqual(text('mine'));
		expect(it.other).toBe('theirs');
		expect(it.given).toEqual([{ body: 'mine', base: 0 }]);
		it.session.resolve(text('mine'));
		await vi.advanceTimersByTimeAsync(0);
		expect(it.other).toBe(null);
		expect(it.given.at(-1)).toEqual({ body: 'mine', base: 3 });
	});

	it('what was changed elsewhere by somebody who had seen it is taken once the field is left', async () => {
		const it = await opened();
		it.focused = true;
		it.type('helo');
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		it.session.hear({ ...none, body: 'helo', rev: 2 });
		it.session.hear({ ...none, body: 'hello', rev: 3 });
		await vi.advanceTimersByTimeAsync(2 * HANDS_OFF);
		expect(it.composer).toEqual(text('helo'));
		expect(it.other).toBe('hello');
		it.focused = false;
		it.session.hear({ ...none, body: 'hello', rev: 3 });
		expect(it.composer).toEqual(text('hello'));
		expect(it.other).toBe(null);
	});

	it('what goes on elsewhere goes on here, too, when the hands rest', async () => {
		const it = await opened();
		it.focused = true;
		it.type('begun');
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		it.session.hear({ ...none, body: 'begun', rev: 2 });
		it.session.hear({ ...none, body: 'begun, ended', rev: 3 });
		expect(it.composer).toEqual(text('begun'));
		await vi.advanceTimersByTimeAsync(HANDS_OFF);
		expect(it.composer).toEqual(text('begun, ended'));
		expect(it.other).toBe(null);
	});

	it('two tabs without a network: each keeps its own words and shows the other’s', async () => {
		const it = await opened();
		it.type('mine');
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		it.session.hear({ ...none, body: 'mine', queued: true });
		it.session.hear({ ...none, body: 'theirs', queued: true });
		await vi.advanceTimersByTimeAsync(2 * HANDS_OFF);
		expect(it.composer).toEqual(text('mine'));
		expect(it.other).toBe('theirs');
	});

	it('what another tab of this device has kept is shown beside one’s own words, as it is now', async () => {
		const it = await opened();
		it.type('mine');
		it.session.hear({ ...none, kept: ['mine', 'theirs'] });
		expect(it.other).toBe('theirs');
		it.session.hear({ ...none, kept: ['theirs, longer', 'mine and more'] });
		expect(it.other).toBe('theirs, longer');
		it.session.hear({ ...none, kept: ['mine'] });
		expect(it.other).toBe(null);
	});

	it('a tab that clears its own draft takes nothing from under the fingers in another one', async () => {
		const it = await opened();
		it.type('being written here');
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		it.session.hear({ ...none, queued: true });
		expect(it.composer).toEqual(text('being written here'));
		it.session.drop();
		await vi.advanceTimersByTimeAsync(2 * HANDS_OFF);
		expect(it.given.at(-1)).toEqual({ body: '', base: 0 });
	});

	it('one’s own older text, whose answer was lost, is no other device’s', async () => {
		const it = await opened();
		it.type('one');
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		it.type('one two');
		await vi.advanceTimersByTimeAsync(SHARE_AFTER);
		it.session.hear({ ...none, body: 'one two', rev: 9, other: 'one' });
		await vi.advanceTimersByTimeAsync(0);
		expect(it.other).toBe(null);
		expect(it.given.at(-1)).toEqual({ body: 'one two', base: 9 });
	});
});

describe('two tabs of one device', () => {
	const word = fc.stringMatching(/^[a-z]{1,5}$/u);
	const step = fc.record({ tab: fc.nat(1), body: word, pause: fc.nat(3 * SHARE_AFTER) });

	it('complaint 7: whatever they write and whenever, the last words of both are kept', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
				let row: Draft | null = null;
				const tabs = await Promise.all([opened(), opened()]);
				const kept = (): string[] => (row ? [...textsOf(row.other), row.body] : []);
				const tell = () =>
					setTimeout(() => tabs.forEach((tab) => tab.session.hear({ ...none, kept: kept() })), 30);
				for (const tab of tabs) {
					tab.onsave = (draft) => {
						row = draft;
						tell();
					};
				}
				const last = ['', ''];
				for (const { tab, body, pause } of steps) {
					last[tab] = `${tab}${body}`;
					tabs[tab]!.type(last[tab]);
					await vi.advanceTimersByTimeAsync(pause);
				}
				await vi.advanceTimersByTimeAsync(3 * HANDS_OFF);
				tabs.forEach((tab, n) => expect(tab.composer.body).toBe(last[n]));
				for (const text of last) expect(kept().join()).toContain(text);
				expect(kept().length).toBeLessThanOrEqual(2);
				tabs.forEach((tab) => tab.session.stop());
			}),
			{ numRuns: 60 }
		);
	});

	it('what was written in the other tab comes into the place of what was sent', async () => {
		const it = await opened();
		it.type('mine');
		it.session.hear({ ...none, kept: ['mine', 'theirs'] });
		it.session.drop();
		expect(it.composer).toEqual(text('theirs'));
		await it.session.sent();
		expect(it.kept?.body).toBe('theirs');
	});
});

describe('what the devices share', () => {
	const row: DraftRow = { kind: 'draft', id: 'r', rev: 5, body: 'theirs', at: 1, other: 'older' };
	let n = 0;
	const save = (body: string, base: number, tries = 0): OutboxRow => {
		const act: Act = { kind: 'draft.save', id: `${++n}`, at: 1, room: 'r', body, base };
		return { order: n, id: act.id, lane: 'r', act, state: 'queued', refusal: null, at: 1, tries };
	};

	it('is the row, with the latest queued text over it', () => {
		expect(sharedDraft(null, [], [])).toEqual(none);
		expect(sharedDraft(row, [], [])).toMatchObject({ body: 'theirs', rev: 5, other: 'older' });
		expect(sharedDraft(row, [save('a', 4, 1), save('b', 4)], [])).toMatchObject({
			body: 'b',
			rev: 5,
			other: 'older',
			underWay: true
		});
		const kept: Draft = { room: 'r', body: 'one', other: 'two', at: 1 };
		expect(sharedDraft(row, [], [], kept)).toMatchObject({ body: 'theirs', kept: ['two', 'one'] });
		expect(sharedDraft(row, [save('b', 5)], [])).toMatchObject({ other: null, underWay: false });
	});

	it('is a left-over once it has been said, here or elsewhere, and only then', () => {
		const post = (body: string): OutboxRow => {
			const act: Act = { kind: 'message.post', id: `${++n}`, at: 1, room: 'r', body };
			return {
				order: n,
				id: act.id,
				lane: 'r',
				act,
				state: 'queued',
				refusal: null,
				at: 1,
				tries: 0
			};
		};
		const isSaid = (...given: Parameters<typeof sharedDraft>) => sharedDraft(...given).said;
		expect(isSaid(row, [], [{ body: 'theirs and mine', at: 1 }])).toBe(true);
		// What was said before it was written has another reason to begin alike.
		expect(isSaid(row, [], [{ body: 'theirs and mine', at: 0 }])).toBe(false);
		expect(isSaid(row, [], [{ body: 'something else', at: 9 }])).toBe(false);
		expect(isSaid(row, [post('theirs.')], [])).toBe(true);
		expect(isSaid(row, [save('mine', 5), post('mine!')], [])).toBe(true);
		expect(isSaid(row, [post('mine!'), save('mine', 5)], [])).toBe(false);
		expect(isSaid(null, [post('anything')], [])).toBe(false);
	});
});
