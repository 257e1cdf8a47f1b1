/** The history with what is open on top of its pages: every way of closing leaves it as it was. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BackEntry, type HistoryPort } from '../../../src/lib/ui/base/back-entry.ts';

interface Entry {
	page: string;
	isMarked: boolean;
}

/** A browser's history: going back takes a while, and adding an entry forgets those after it. */
class FakeHistory implements HistoryPort {
	entries: Entry[] = [
		{ page: '/before', isMarked: false },
		{ page: '/rooms', isMarked: false }
	];
	at = 1;
	pending = 0;
	navigating = false;
	readonly overlays = new BackEntry(this);

	get shown(): Entry {
		const entry = this.entries[this.at];
		if (!entry) throw new Error('left the app');
		return entry;
	}
	isMarked(): boolean {
		return this.shown.isMarked;
	}
	isNavigating(): boolean {
		return this.navigating;
	}
	#push(entry: Entry): void {
		this.entries = [...this.entries.slice(0, this.at + 1), entry];
		this.at += 1;
	}
	mark(): void {
		this.#push({ page: this.shown.page, isMarked: true });
		this.overlays.settle();
	}
	back(): void {
		this.pending += 1;
	}
	goto(to: URL, replaces = false): void {
		if (this.overlays.holds(to, replaces)) return;
		if (replaces) this.at -= 1;
		this.#push({ page: to.pathname, isMarked: false });
		this.overlays.settle();
	}
	/** What was asked for happens. */
	arrive(): void {
		while (this.pending > 0) {
			this.pending -= 1;
			this.at -= 1;
			this.overlays.settle();
		}
	}
	pages(): string[] {
		return this.entries
			.slice(0, this.at + 1)
			.map(({ page, isMarked }) => page + (isMarked ? '*' : ''));
	}
}

const url = (path: string): URL => new URL(path, 'https://roost.example');

/** Something that can be open; a dialog tells of its closing a moment after it. */
function open(history: FakeHistory): { isOpen: boolean; close: () => void } {
	const thing = { isOpen: true, close: (): void => undefined };
	const closed = history.overlays.opened(() => {
		thing.isOpen = false;
		queueMicrotask(closed);
	});
	thing.close = () => {
		thing.isOpen = false;
		closed();
	};
	return thing;
}

describe('what is open on top of a page', () => {
	it('is closed by going back, and the page stays', async () => {
		const history = new FakeHistory();
		const dialog = open(history);
		expect(history.pages()).toEqual(['/before', '/rooms', '/rooms*']);
		history.back();
		history.arrive();
		await Promise.resolve();
		expect(dialog.isOpen).toBe(false);
		expect(history.pages()).toEqual(['/before', '/rooms']);
		expect(history.pending).toBe(0);
	});

	it('leaves nothing behind when it is closed by other means', () => {
		const history = new FakeHistory();
		const dialog = open(history);
		dialog.close();
		dialog.close();
		history.arrive();
		expect(history.pages()).toEqual(['/before', '/rooms']);
	});

	it('is closed from the top', async () => {
		const history = new FakeHistory();
		const below = open(history);
		const above = open(history);
		history.back();
		history.arrive();
		await Promise.resolve();
		expect([below.isOpen, above.isOpen]).toEqual([true, false]);
		history.back();
		history.arrive();
		await Promise.resolve();
		expect(below.isOpen).toBe(false);
		expect(history.pages()).toEqual(['/before', '/rooms']);
	});

	it('can follow something that is just being closed', () => {
		const history = new FakeHistory();
		open(history).close();
		const dialog = open(history);
		history.arrive();
		expect(dialog.isOpen).toBe(true);
		expect(history.pages()).toEqual(['/before', '/rooms', '/rooms*']);
	});

	it('makes way for a page that is gone to while it is open', () => {
		const history = new FakeHistory();
		const dialog = open(history);
		history.goto(url('/friends'));
		dialog.close();
		history.arrive();
		expect(history.pages()).toEqual(['/before', '/rooms', '/friends']);
		expect(history.pending).toBe(0);
	});

	it('makes way for a page that is gone to while it is being closed', () => {
		const history = new FakeHistory();
		open(history).close();
		history.goto(url('/friends'));
		history.arrive();
		expect(history.pages()).toEqual(['/before', '/rooms', '/friends']);
	});

	it('makes way for a page that takes the place of the one below it', () => {
		const history = new FakeHistory();
		const dialog = open(history);
		history.goto(url('/rooms/new-one'), true);
		dialog.close();
		history.arrive();
		expect(history.pages()).toEqual(['/before', '/rooms/new-one']);
	});

	it('stays above the page that was gone to, if it is open still', () => {
		const history = new FakeHistory();
		const dialog = open(history);
		history.goto(url('/friends'));
		history.arrive();
		expect(dialog.isOpen).toBe(true);
		expect(history.pages()).toEqual(['/before', '/rooms', '/friends', '/friends*']);
	});

	it('waits for a page that is on its way', () => {
		const history = new FakeHistory();
		const dialog = open(history);
		history.navigating = true;
		dialog.close();
		expect(history.pending).toBe(0);
		history.navigating = false;
		history.overlays.settle();
		history.arrive();
		expect(history.pages()).toEqual(['/before', '/rooms']);
	});

	it('is not there any more where somebody comes forward to it: they are taken back', () => {
		const history = new FakeHistory();
		open(history).close();
		history.arrive();
		history.at += 1;
		history.overlays.settle();
		history.arrive();
		expect(history.pages()).toEqual(['/before', '/rooms']);
	});
});

it('leaves no entry of its own behind, whatever is opened, closed and gone to', async () => {
	const act = fc.constantFrom('open', 'close first', 'close last', 'goto', 'arrive', 'go back');
	await fc.assert(
		fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
			const history = new FakeHistory();
			const things: ReturnType<typeof open>[] = [];
			const isOpen = (): ReturnType<typeof open>[] => things.filter((thing) => thing.isOpen);
			for (const [index, name] of acts.entries()) {
				if (name === 'open') things.push(open(history));
				else if (name === 'close first') isOpen()[0]?.close();
				else if (name === 'close last') isOpen().at(-1)?.close();
				else if (name === 'goto') history.goto(url(`/page-${index}`));
				else if (name === 'arrive') history.arrive();
				else if (isOpen().length > 0 && history.pending === 0) {
					const { page } = history.shown;
					const count = isOpen().length;
					history.back();
					history.arrive();
					expect(isOpen().length).toBe(count - 1);
					expect(history.shown.page).toBe(page);
				}
				await Promise.resolve();
			}
			history.arrive();
			await Promise.resolve();
			history.arrive();
			const marked = history.entries.slice(0, history.at + 1).filter((entry) => entry.isMarked);
			expect(marked.length).toBe(isOpen().length > 0 ? 1 : 0);
			expect(history.shown.isMarked).toBe(isOpen().length > 0);
		})
	);
});
