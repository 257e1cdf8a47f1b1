/** Complaint 7: a draft is kept within 300 ms of a key press. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DRAFT_WITHIN, DraftKeeper } from '../../../src/lib/ui/chat/composer/draft-keeper.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function keeper(): { saved: string[]; draft: DraftKeeper<string> } {
	const saved: string[] = [];
	const save = (body: string): Promise<void> => {
		saved.push(body);
		return Promise.resolve();
	};
	return {
		saved,
		draft: new DraftKeeper(save, (error) => {
			throw error;
		})
	};
}

it('is saved in time however fast somebody types on', () => {
	const { saved, draft } = keeper();
	draft.change('a');
	vi.advanceTimersByTime(DRAFT_WITHIN - 50);
	draft.change('ab');
	vi.advanceTimersByTime(50);
	expect(saved).toEqual(['ab']);
	expect(DRAFT_WITHIN).toBeLessThan(300);
});

it('is saved at once when the window goes away', async () => {
	const { saved, draft } = keeper();
	draft.change('half a sen');
	await draft.flush();
	expect(saved).toEqual(['half a sen']);
});

it('is not saved any more once it was sent', () => {
	const { saved, draft } = keeper();
	draft.change('sent');
	draft.drop();
	vi.advanceTimersByTime(10 * DRAFT_WITHIN);
	expect(saved).toEqual([]);
});

it('says so when it cannot be kept (promise 16)', async () => {
	const failed = vi.fn();
	const draft = new DraftKeeper(() => Promise.reject(new Error('full')), failed);
	draft.change('text');
	await draft.flush();
	expect(failed).toHaveBeenCalledOnce();
});

it('tells whoever hands words over that they were not kept, also while they were being saved', async () => {
	const failed = vi.fn();
	let full = (): void => undefined;
	const save = (): Promise<void> =>
		new Promise((_, reject) => (full = () => reject(new Error('full'))));
	const draft = new DraftKeeper(save, failed);
	draft.change('shared words');
	const [saved, asked] = [draft.keep(), draft.keep()];
	full();
	await expect(saved).rejects.toThrow('full');
	await expect(asked).rejects.toThrow('full');
	expect(failed).not.toHaveBeenCalled();
});

it('is kept only when the save that is under way is over', async () => {
	let over = (): void => undefined;
	const save = (): Promise<void> => new Promise((resolve) => (over = resolve));
	const draft = new DraftKeeper(save, vi.fn());
	draft.change('shared words');
	vi.advanceTimersByTime(DRAFT_WITHIN);
	let kept = false;
	const keeping = draft.keep().then(() => (kept = true));
	await Promise.resolve();
	expect(kept).toBe(false);
	over();
	await keeping;
});

it('says whether the latest draft is kept, also while it is being kept', async () => {
	const saves: (() => void)[] = [];
	const keeper = new DraftKeeper<string>(
		() => new Promise((resolve) => saves.push(resolve)),
		() => undefined
	);
	expect(keeper.isSaved).toBe(true);
	keeper.change('a');
	const first = keeper.flush();
	expect(keeper.isSaved).toBe(false);
	keeper.change('ab');
	saves[0]!();
	await first;
	expect(keeper.isSaved).toBe(false);
	const second = keeper.flush();
	saves[1]!();
	await second;
	expect(keeper.isSaved).toBe(true);
});
