/** Complaint 15: Enter in an input method never sends half a word, in the event order of any browser. */
import { describe, expect, it } from 'vitest';
import { AFTER_COMPOSITION, ImeWatch, type ImeEvent } from '../../../src/lib/ui/base/ime.ts';

/** Plays events in order; answers for each keydown whether the input method owns it. */
function play(events: ImeEvent[]): boolean[] {
	const watch = new ImeWatch();
	const owned: boolean[] = [];
	for (const event of events) {
		if (event.type === 'keydown') owned.push(watch.owns(event));
		else watch.hear(event);
	}
	return owned;
}

const start = (timeStamp: number): ImeEvent => ({ type: 'compositionstart', timeStamp });
const end = (timeStamp: number): ImeEvent => ({ type: 'compositionend', timeStamp });
const enter = (timeStamp: number, more: Partial<ImeEvent> = {}): ImeEvent => ({
	type: 'keydown',
	key: 'Enter',
	keyCode: 13,
	isComposing: false,
	timeStamp,
	...more
});

describe('Enter that belongs to an input method', () => {
	it('Chrome and Firefox: keydown 229 while composing, then the end', () => {
		expect(play([start(0), enter(900, { keyCode: 229, isComposing: true }), end(901)])).toEqual([
			true
		]);
	});

	it('Safari: the end first, then keydown 229 that says it is not composing', () => {
		expect(play([start(0), end(900), enter(900, { keyCode: 229 })])).toEqual([true]);
	});

	it('keyboards that send a plain Enter right after the end', () => {
		expect(play([start(0), end(900), enter(900 + AFTER_COMPOSITION - 1)])).toEqual([true]);
	});

	it('a browser that tells nothing but the start', () => {
		expect(play([start(0), enter(500)])).toEqual([true]);
	});
});

describe('Enter that belongs to the person', () => {
	it('with no composition at all', () => {
		expect(play([enter(10)])).toEqual([false]);
	});

	it('a moment after the composition ended', () => {
		expect(play([start(0), end(900), enter(900 + AFTER_COMPOSITION)])).toEqual([false]);
	});

	it('the second Enter, after the one that took the word', () => {
		const keys = [enter(900, { keyCode: 229, isComposing: true }), enter(1200)];
		expect(play([start(0), keys[0]!, end(901), keys[1]!])).toEqual([true, false]);
	});
});

it('other keys are free right after a composition', () => {
	expect(play([start(0), end(900), enter(901, { key: 'Escape', keyCode: 27 })])).toEqual([false]);
});
