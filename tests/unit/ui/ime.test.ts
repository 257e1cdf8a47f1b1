/** Complaint 15: Enter in an input method never sends half a word, in the event order of any browser. */
import { readdirSync, readFileSync } from 'node:fs';
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

/** keydown as browsers tell it: key, key code, isComposing. */
const key = (timeStamp: number, name: string, keyCode: number, isComposing: boolean): ImeEvent => ({
	type: 'keydown',
	key: name,
	keyCode,
	isComposing,
	timeStamp
});

/** "ni", a choice, Enter or space that takes it, and then the Enter that is meant to send. */
const RECORDED: Record<string, { events: ImeEvent[]; owned: boolean[] }> = {
	'Chrome on a desktop': {
		events: [
			key(0, 'Process', 229, false),
			start(1),
			key(90, 'Process', 229, true),
			key(400, 'Enter', 229, true),
			end(401),
			key(1200, 'Enter', 13, false)
		],
		owned: [true, true, true, false]
	},
	'Firefox on a desktop': {
		events: [
			key(0, 'Process', 229, false),
			start(0),
			key(80, 'Process', 229, true),
			key(420, 'Enter', 229, true),
			end(420),
			key(1100, 'Enter', 13, false)
		],
		owned: [true, true, true, false]
	},
	'Safari on a desktop': {
		events: [
			start(0),
			key(1, 'n', 229, false),
			key(90, 'i', 229, true),
			end(400),
			key(401, 'Enter', 229, false),
			key(1300, 'Enter', 13, false)
		],
		owned: [true, true, true, false]
	},
	'Safari on a desktop, taken by its number': {
		events: [
			start(0),
			key(1, 'n', 229, false),
			end(300),
			key(301, '1', 229, false),
			key(900, 'Enter', 13, false)
		],
		owned: [true, true, false]
	},
	'Safari on an iPhone': {
		events: [start(0), end(700), key(702, 'Enter', 13, false), key(1500, 'Enter', 13, false)],
		owned: [true, false]
	},
	'Chrome on Android, which names no key': {
		events: [
			key(0, 'Unidentified', 229, false),
			start(2),
			key(120, 'Unidentified', 229, true),
			key(500, 'Unidentified', 229, true),
			end(502),
			key(1400, 'Enter', 13, false)
		],
		owned: [true, true, true, false]
	}
};

describe('recorded orders of events', () => {
	it.each(Object.entries(RECORDED))('%s', (_, { events, owned }) => {
		expect(play(events)).toEqual(owned);
	});

	it('a field taken away in the middle of a composition does not silence the next one', () => {
		expect(play([start(0), { type: 'focusin', timeStamp: 50 }, enter(60)])).toEqual([false]);
	});
});

it('everything that acts on Enter asks the input method first', () => {
	const root = new URL('../../../src/', import.meta.url);
	const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
		(name) => /\.(?:svelte|ts)$/u.test(name) && !name.includes('generated')
	);
	const acting = files.filter((name) => {
		const source = readFileSync(new URL(name, root), 'utf8');
		return /(?:key === |case )'Enter'/u.test(source) && !/\bime\b/u.test(source);
	});
	expect(acting.filter((name) => !name.endsWith('base/ime.ts'))).toEqual([]);
	expect(files.length).toBeGreaterThan(100);
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
