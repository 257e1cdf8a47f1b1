/** The laws of calls on a device, whatever happens in whatever order, on a clock of their own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallState } from '../../../../src/lib/protocol/calls.ts';
import { step } from '../../../../src/lib/sync/call/machine.ts';
import {
	NO_CALLS,
	silence,
	type CallEffect,
	type CallInput,
	type CallModel,
	type Now
} from '../../../../src/lib/sync/call/model.ts';

const ME = { person: 'me', device: 'd1' };
const MIA = { id: 'mia', number: 2, name: 'mia', v: 1 };
const SELF = { id: 'me', number: 1, name: 'me', v: 1 };
const ROOM = 'room';
const CALL = 'call';
const START: Now = { server: 1_000_000, elapsed: 0 };

const ring = (until = START.server + 45_000): CallInput => ({
	is: 'ring',
	ring: { call: CALL, room: ROOM, by: MIA, video: false, until }
});

/** @param others devices of Mia that are in it */
function stateOf(others: string[], more: Partial<CallState> = {}, since = START.server): CallState {
	return {
		...{ call: CALL, room: ROOM, video: false, begun: START.server },
		people: [
			{ person: SELF, device: ME.device, since },
			...others.map((device) => ({ person: MIA, device, since: START.server }))
		],
		rung: others.length > 0 ? [] : [{ person: MIA.id }],
		...(others.length > 0 ? { answered: START.server } : { until: START.server + 45_000 }),
		...more
	};
}

/** Plays inputs, each so many ms after the one before. */
function play(inputs: readonly (readonly [number, CallInput])[]) {
	let model: CallModel = NO_CALLS;
	let now = START;
	const effects: CallEffect[] = [];
	for (const [after, input] of inputs) {
		now = { server: now.server + after, elapsed: now.elapsed + after };
		const next = step(model, input, ME, now);
		model = next.model;
		effects.push(...next.effects);
	}
	const asked = effects.flatMap((one) => (one.do === 'ask' ? [one.request] : []));
	return { model, effects, now, asked: asked.map((one) => one.do) };
}

const called: readonly (readonly [number, CallInput])[] = [
	[0, { is: 'linked' }],
	[0, { is: 'start', call: CALL, room: ROOM, video: false }],
	[100, { is: 'ready' }]
];
const answered: readonly (readonly [number, CallInput])[] = [
	...called,
	[50, { is: 'let-in', state: stateOf([]) }],
	[2_000, { is: 'state', state: stateOf(['d2']) }]
];
const flowing: readonly (readonly [number, CallInput])[] = [
	...answered,
	[300, { is: 'heard', device: 'd2', goodFor: 1_500 }]
];

describe('a call that is made', () => {
	it('asks the server for nothing before the devices are decided', () => {
		expect(play(called.slice(0, 2)).asked).toEqual([]);
		expect(play(called).asked).toEqual(['start']);
	});

	it('is over at once, with nothing to tell, when it is given up before', () => {
		const { model, effects } = play([...called.slice(0, 2), [10, { is: 'hang-up' }]]);
		expect(model.own).toBeNull();
		expect(effects.map((one) => one.do)).toEqual(['prepare', 'release']);
	});

	it('V11: goes on in the call of the other one where both called', () => {
		const state = { ...stateOf(['d2']), call: 'theirs' };
		const { model } = play([...called, [50, { is: 'let-in', state }]]);
		expect(model.own?.call).toBe('theirs');
	});

	it('V17: is "in" only once something has come, and "cut" when nothing does any more', () => {
		expect(play(answered).model.own?.phase).toBe('connecting');
		expect(play(flowing).model.own?.phase).toBe('in');
		const { model } = play([...flowing, [4_000, { is: 'tick' }]]);
		expect(model.own?.phase).toBe('cut');
	});

	it('V18: a break of minutes ends nothing, and is over with the first that comes', () => {
		const { model } = play([
			...flowing,
			[9 * 60_000, { is: 'tick' }],
			[0, { is: 'heard', device: 'd2', goodFor: 1_500 }]
		]);
		expect(model.own?.phase).toBe('in');
	});

	it('V21: goes on while the server is away, and asks to be let in again when it is back', () => {
		const away = play([...flowing, [1_000, { is: 'unlinked' }]]);
		expect(away.model.own?.phase).toBe('in');
		const { asked } = play([...flowing, [1_000, { is: 'unlinked' }], [60_000, { is: 'linked' }]]);
		expect(asked).toEqual(['start', 'join']);
	});

	it('V21: keeps whom a server that has come back has not named yet, and nobody whom it names no more', () => {
		const back = [...flowing, [1_000, { is: 'unlinked' }], [9_000, { is: 'linked' }]] as const;
		// A server that was away has this device in the call anew.
		const anew = START.server + 20_000;
		const stateAlone = stateOf([], { rung: [] }, anew);
		const nobody: CallState = { ...stateOf([]), people: [] };
		const early = [...back.slice(0, -1), [0, { is: 'state', state: nobody }]] as const;
		expect(play(early).model.own?.peers).toHaveLength(1);
		const alone = [50, { is: 'let-in', state: stateAlone }] as const;
		expect(play([...back, alone]).model.own?.peers.map(({ device }) => device)).toEqual(['d2']);
		// Nor does its second word say that it was there all the time.
		const again = [60, { is: 'state', state: stateAlone }] as const;
		expect(play([...back, alone, again]).model.own?.peers.map(({ device }) => device)).toEqual([
			'd2'
		]);
		const named = [2_000, { is: 'state', state: stateOf(['d2'], {}, anew) }] as const;
		const gone = [2_000, { is: 'state', state: stateAlone }] as const;
		expect(play([...back, alone, named, gone]).model.own?.peers).toEqual([]);
		const late = [91_000, { is: 'tick' }] as const;
		expect(play([...back, alone, late]).model.own?.peers).toEqual([]);
		// Nothing is concluded from a server that has not answered.
		expect(play([...back, late]).model.own?.peers).toHaveLength(1);
	});

	it('V36: who was removed while only this device was away is gone with the first word of the server', () => {
		const back = [...flowing, [1_000, { is: 'unlinked' }], [9_000, { is: 'linked' }]] as const;
		const alone = [50, { is: 'let-in', state: stateOf([], { rung: [] }) }] as const;
		expect(play([...back, alone]).model.own?.peers).toEqual([]);
	});

	it('leaves a call into which the server may have let it without an answer', () => {
		const { model, asked } = play([...called, [10_000, { is: 'refused', why: 'unreachable' }]]);
		expect(asked).toEqual(['start', 'leave']);
		expect(model.untold?.call).toBe(CALL);
		const refused = play([...called, [100, { is: 'refused', why: { refused: 'busy' } }]]);
		expect(refused.asked).toEqual(['start']);
	});

	it('tells the end when the server is back, with the time at which it was', () => {
		const { effects, asked } = play([
			...flowing,
			[1_000, { is: 'unlinked' }],
			[1_000, { is: 'hang-up' }],
			[5_000, { is: 'linked' }]
		]);
		expect(asked).toEqual(['start', 'leave']);
		const at = START.server + 100 + 50 + 2_000 + 300 + 2_000;
		expect(effects.at(-1)).toEqual({ do: 'ask', request: { do: 'leave', call: CALL, at } });
	});

	it('gives up by itself when nobody answers and the server says nothing', () => {
		const { model, asked } = play([
			...called,
			[50, { is: 'let-in', state: stateOf([]) }],
			[51_000, { is: 'tick' }]
		]);
		expect(model.over?.why).toBe('missed');
		expect(asked).toEqual(['start', 'leave']);
	});

	it('says once that no way to somebody was found', () => {
		const { asked } = play([...answered, [20_500, { is: 'tick' }], [500, { is: 'tick' }]]);
		expect(asked.filter((what) => what === 'failed')).toHaveLength(1);
	});
});

describe('a call that comes', () => {
	it('V1: is silent as soon as it is said to be over anywhere', () => {
		const { model } = play([
			[0, ring()],
			[1_000, { is: 'unring', call: CALL, why: 'answered', here: false }]
		]);
		expect(model.rings).toEqual([]);
	});

	it('V6: never rings after its time, also when a clock is wrong', () => {
		expect(play([[0, ring(START.server - 1)]]).model.rings).toEqual([]);
		const wrong = play([
			[0, ring(START.server + 3_600_000)],
			[45_001, { is: 'tick' }]
		]);
		expect(wrong.model.rings).toEqual([]);
	});

	it('is given up when another device was faster while this one asked for its microphone', () => {
		const { model, asked } = play([
			[0, { is: 'linked' }],
			[0, ring()],
			[0, { is: 'join', call: CALL, room: ROOM, video: false }],
			[500, { is: 'unring', call: CALL, why: 'answered', here: false }],
			[500, { is: 'ready' }]
		]);
		expect(model.over?.why).toBe('elsewhere');
		expect(asked).toEqual(['rings']);
	});
});

/** Anything, in any order. */
const anyInput: fc.Arbitrary<CallInput> = fc.oneof(
	fc.constantFrom<CallInput>(
		{ is: 'start', call: CALL, room: ROOM, video: false },
		{ is: 'start', call: 'other', room: 'elsewhere', video: true },
		{ is: 'join', call: CALL, room: ROOM, video: true },
		{ is: 'ready' },
		{ is: 'not-ready', why: 'unreachable' },
		{ is: 'hang-up' },
		{ is: 'decline', call: CALL },
		ring(),
		{ is: 'unring', call: CALL, why: 'answered', here: false },
		{ is: 'let-in', state: null },
		{ is: 'let-in', state: stateOf([]) },
		{ is: 'state', state: stateOf([]) },
		{ is: 'state', state: stateOf(['d2']) },
		{ is: 'state', state: stateOf(['d2', 'd3']) },
		{ is: 'state', state: stateOf(['d2'], { you: 'moved' }) },
		{ is: 'state', state: stateOf([], { ended: { at: 1, end: 'declined' } }) },
		{ is: 'refused', why: { refused: 'call_full' } },
		{ is: 'linked' },
		{ is: 'unlinked' },
		{ is: 'gone', device: 'd2' },
		{ is: 'tick' }
	),
	fc.record({
		is: fc.constant('heard' as const),
		device: fc.constantFrom('d2', 'd3', 'stranger'),
		goodFor: fc.constantFrom(1_500, 5_000)
	})
);
const anyStory = fc.array(fc.tuple(fc.integer({ min: 0, max: 30_000 }), anyInput), {
	maxLength: 40
});

describe('whatever happens', () => {
	it('devices are taken and let go in turns, and are let go when there is no call', () => {
		fc.assert(
			fc.property(anyStory, (story) => {
				const { model, effects } = play(story);
				const used = effects.filter((one) => one.do !== 'ask').map((one) => one.do);
				used.forEach((what, at) => expect(what).toBe(at % 2 === 0 ? 'prepare' : 'release'));
				expect(used.length % 2 === 0).toBe(model.own === null);
			})
		);
	});

	it('V15: nobody starts or joins but after a press, and never again by itself', () => {
		fc.assert(
			fc.property(anyStory, (story) => {
				const { effects } = play(story);
				const isFirst = (one: CallEffect): boolean =>
					one.do === 'ask' &&
					(one.request.do === 'start' || (one.request.do === 'join' && !one.request.again));
				const presses = story.filter(([, { is }]) => is === 'start' || is === 'join').length;
				expect(effects.filter(isFirst).length).toBeLessThanOrEqual(presses);
			})
		);
	});

	it('V3: no decline is asked for a call that this window is in', () => {
		fc.assert(
			fc.property(anyStory, (story) => {
				let model: CallModel = NO_CALLS;
				let now = START;
				for (const [after, input] of story) {
					now = { server: now.server + after, elapsed: now.elapsed + after };
					const next = step(model, input, ME, now);
					const declined = next.effects.some(
						(one) =>
							one.do === 'ask' &&
							one.request.do === 'decline' &&
							one.request.call === next.model.own?.call
					);
					expect(declined).toBe(false);
					model = next.model;
				}
			})
		);
	});

	it('V6, V17: what rings has time left, and "in" means that somebody is heard', () => {
		fc.assert(
			fc.property(anyStory, (story) => {
				const { model, now } = play([...story, [0, { is: 'tick' }]]);
				for (const { endsAt } of model.rings) expect(endsAt).toBeGreaterThan(now.elapsed);
				const heard = (model.own?.peers ?? []).map((peer) => silence(peer, now.elapsed));
				const isHeard = heard.some((ms) => ms !== null && ms < 2_000);
				if (model.own && model.own.phase !== 'asking') {
					expect(model.own.phase === 'in').toBe(isHeard);
				}
			})
		);
	});
});
