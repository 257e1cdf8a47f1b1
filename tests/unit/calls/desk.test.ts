/** The desk on a virtual clock: who rings, who is in, how calls end. The promises are those of docs/decisions/0033-calls.md. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attendee, Call, Deed } from '../../../server/calls/call.ts';
import { AWAY, AWAY_NAMED, RECOVER, SILENT } from '../../../server/calls/desk-time.ts';
import { Desk } from '../../../server/calls/desk.ts';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';

const T0 = 1_800_000_000_000;
const attendee = (person: string, device = `${person}-1`): Attendee => ({
	card: { id: person, number: 1, name: person, v: 1 },
	device,
	session: `session of ${device}`
});

/** Ann calls Bob, who has several devices. */
function ringing({ direct = true, silent = false, rung = ['bob'] } = {}) {
	const desk = new Desk();
	const deeds = desk.begin(
		{
			...{ id: 'call', room: 'room', direct, video: false, begun: T0, by: attendee('ann') },
			rung: rung.map((person) => ({ person, isSilent: silent }))
		},
		T0
	);
	return { desk, deeds, call: desk.get('call')! };
}

function answered() {
	const made = ringing();
	join(made.desk, made.call, attendee('bob'), T0 + 3_000);
	return made;
}

function join(desk: Desk, call: Call, who: Attendee, at: number, again = false): Deed[] {
	const joined = desk.join(call, who, again, at);
	if ('refused' in joined) throw new Error(joined.refused);
	return joined.deeds;
}

const kinds = (deeds: Deed[]) => deeds.map((deed) => deed.do);
const endIn = (deeds: Deed[]) => deeds.find((deed) => deed.do === 'end');

describe('ringing', () => {
	it('V6 nothing rings after its time, on no side: the call is missed', () => {
		const { desk, call } = ringing();
		expect(desk.tick(T0 + LIMITS.ringFor - 1)).toEqual([]);
		const deeds = desk.tick(T0 + LIMITS.ringFor);
		expect(kinds(deeds)).toEqual(['unring', 'end', 'tell']);
		expect(endIn(deeds)).toMatchObject({ end: 'missed', at: T0 + LIMITS.ringFor });
		expect(desk.ringing('bob', T0 + LIMITS.ringFor)).toEqual([]);
		expect(call.until).not.toBeNull();
	});

	it('V3 a decline never ends a call that another device answered', () => {
		const { desk, call } = answered();
		expect(desk.decline(call, 'bob', 'bob-2', T0 + 4_000)).toEqual([]);
		expect(call.ended).toBeNull();
	});

	it('V5 declining silences all devices of the person, and in a conversation of two ends it', () => {
		const { desk, call } = ringing();
		const deeds = desk.decline(call, 'bob', 'bob-1', T0 + 1_000);
		expect(deeds[0]).toMatchObject({
			do: 'unring',
			person: 'bob',
			why: 'declined',
			device: 'bob-1'
		});
		expect(endIn(deeds)).toMatchObject({ end: 'declined' });
	});

	it('in a room ends only for who declines', () => {
		const { desk, call } = ringing({ direct: false, rung: ['bob', 'cy'] });
		expect(kinds(desk.decline(call, 'bob', null, T0 + 1_000))).toEqual(['unring', 'tell']);
		expect([...call.rung.keys()]).toEqual(['cy']);
		expect(kinds(desk.tick(T0 + LIMITS.ringFor))).toEqual(['unring', 'tell']);
		expect(call.ended).toBeNull();
	});

	it('V4 of two devices that answer at once the second one loses; later it takes over', () => {
		const { desk, call } = answered();
		expect(desk.join(call, attendee('bob', 'bob-2'), false, T0 + 3_100)).toEqual({
			refused: 'call_taken'
		});
		const deeds = join(desk, call, attendee('bob', 'bob-2'), T0 + 60_000);
		expect(deeds[0]).toMatchObject({ do: 'out', device: 'bob-1', why: 'moved' });
		expect(call.seats.get('bob')!.device).toBe('bob-2');
		// The one that it was taken from does not take it back by itself.
		expect(desk.join(call, attendee('bob'), true, T0 + 90_000)).toEqual({ refused: 'call_taken' });
		expect(desk.leave(call, 'bob', 'bob-1', T0 + 90_000, T0 + 90_000)).toEqual([]);
	});

	it('a device that is connected but says nothing is away after 90 s, and out a minute later', () => {
		const { desk, call } = answered();
		desk.alive(call, 'ann', 'ann-1', [], T0 + 60_000);
		expect(kinds(desk.tick(T0 + 3_000 + SILENT))).toEqual(['tell']);
		expect(call.seats.get('bob')!.away).toBe(T0 + 3_000 + SILENT);
		desk.alive(call, 'ann', 'ann-1', [], T0 + 120_000);
		expect(endIn(desk.tick(T0 + 3_000 + SILENT + AWAY))).toMatchObject({ end: 'done' });
	});

	it('A15 who is muted is out at once, and may know of it; who is put out may not', () => {
		const { desk, call } = ringing({ direct: false });
		join(desk, call, attendee('bob'), T0 + 1_000);
		expect(desk.muted('bob', 'room', T0 + 2_000)[0]).toMatchObject({ do: 'out', why: 'removed' });
		expect(call.out.has('bob')).toBe(false);
		desk.out('bob', 'room', T0 + 3_000);
		expect(call.out.has('bob')).toBe(true);
	});

	it('V36 nobody comes in with a device that somebody else in the call has', () => {
		const { desk, call } = ringing();
		expect(desk.join(call, attendee('bob', 'ann-1'), false, T0 + 1_000)).toEqual({
			refused: 'call_taken'
		});
		expect([...call.seats.keys()]).toEqual(['ann']);
	});

	it('V8 in silence rings nowhere, and is missed all the same', () => {
		const { desk, deeds } = ringing({ silent: true });
		expect(kinds(deeds)).toEqual(['tell']);
		const ended = desk.tick(T0 + LIMITS.ringFor);
		expect(kinds(ended)).toEqual(['end', 'tell']);
		expect(endIn(ended)).toMatchObject({ end: 'missed' });
	});

	it('whoever called and hangs up has cancelled it', () => {
		const { desk, call } = ringing();
		const deeds = desk.leave(call, 'ann', 'ann-1', T0 + 5_000, T0 + 5_000);
		expect(endIn(deeds)).toMatchObject({ end: 'cancelled', at: T0 + 5_000 });
	});
});

describe('a call', () => {
	it('V18 goes on without the server: a minute, and ten while somebody hears the device', () => {
		const { desk, call } = answered();
		const lost = T0 + 10_000;
		desk.lost('bob', 'bob-1', lost);
		desk.tick(lost + AWAY - 1);
		expect(call.ended).toBeNull();
		for (let at = lost; at < lost + AWAY_NAMED; at += 30_000) {
			desk.alive(call, 'ann', 'ann-1', ['bob-1'], at);
			desk.tick(at);
			expect(call.ended).toBeNull();
		}
		expect(endIn(desk.tick(lost + AWAY_NAMED))).toMatchObject({ end: 'done' });
	});

	it('V12 ends when the device was there last, not when its time was over', () => {
		const { desk } = answered();
		desk.lost('bob', 'bob-1', T0 + 10_000);
		expect(endIn(desk.tick(T0 + 10_000 + AWAY))).toMatchObject({ end: 'done', at: T0 + 10_000 });
	});

	it('is failed when both say in its first half minute that there is no way', () => {
		const { desk, call } = answered();
		expect(desk.failed(call, 'ann', 'ann-1', 'bob-1', T0 + 20_000)).toEqual([]);
		const deeds = desk.failed(call, 'bob', 'bob-1', 'ann-1', T0 + 20_000);
		expect(endIn(deeds)).toMatchObject({ end: 'failed' });
	});

	it('V29 that is full takes nobody else', () => {
		const { desk, call } = ringing({ direct: false, rung: [] });
		for (let i = 1; i < LIMITS.callPeople; i++) join(desk, call, attendee(`p${i}`), T0 + i);
		expect(desk.join(call, attendee('one more'), false, T0 + 100)).toEqual({
			refused: 'call_full'
		});
	});

	it('V36 is over for who is put out of the room, and V42 for a session that ended', () => {
		const { desk, call } = ringing({ direct: false, rung: [] });
		for (const who of ['bob', 'cy']) join(desk, call, attendee(who), T0 + 1_000);
		const out = { do: 'out', why: 'removed' };
		expect(desk.out('bob', 'room', T0 + 2_000)[0]).toMatchObject({ ...out, person: 'bob' });
		const deeds = desk.sessionOver('session of cy-1', T0 + 3_000);
		expect(deeds[0]).toMatchObject({ ...out, person: 'cy' });
		expect([...call.seats.keys()]).toEqual(['ann']);
	});
});

describe('after the server was away', () => {
	function recovered(answeredAt: number | null, now = T0 + 20_000) {
		const desk = new Desk();
		desk.recover(
			{
				...{ id: 'call', room: 'room', direct: true, video: false, begun: T0 },
				...{ answered: answeredAt, alive: T0 + 15_000, by: attendee('ann').card },
				people: answeredAt === null ? [] : ['ann', 'bob'],
				rung: answeredAt === null ? [{ person: 'bob', isSilent: false }] : []
			},
			now
		);
		return { desk, call: desk.get('call')! };
	}

	it('V21 goes on in the same row when its people are back', () => {
		const { desk, call } = recovered(T0 + 3_000);
		join(desk, call, attendee('ann'), T0 + 21_000, true);
		join(desk, call, attendee('bob'), T0 + 22_000, true);
		expect(desk.tick(T0 + 20_000 + RECOVER)).toEqual([]);
		expect(call.answered).toBe(T0 + 3_000);
	});

	it('V14 is lost after 90 s when nobody is, and ended when somebody was last in it', () => {
		const { desk } = recovered(T0 + 3_000);
		expect(desk.tick(T0 + 20_000 + RECOVER - 1)).toEqual([]);
		const deeds = desk.tick(T0 + 20_000 + RECOVER);
		expect(endIn(deeds)).toMatchObject({ end: 'lost', at: T0 + 15_000 });
	});

	it('ends when both left while it was away, and when the later one did', () => {
		const { desk, call } = recovered(T0 + 3_000);
		expect(desk.leave(call, 'ann', 'ann-1', T0 + 17_000, T0 + 21_000)).toEqual([]);
		const deeds = desk.leave(call, 'bob', 'bob-1', T0 + 18_000, T0 + 22_000);
		expect(endIn(deeds)).toMatchObject({ end: 'done', at: T0 + 18_000 });
	});

	it('V6 rings on until its time, and is missed then; V2 not when it was answered', () => {
		const { desk, call } = recovered(null);
		expect(kinds(join(desk, call, attendee('ann'), T0 + 21_000, true))).toEqual(['ring', 'tell']);
		expect(endIn(desk.tick(T0 + LIMITS.ringFor))).toMatchObject({ end: 'missed' });
		const other = recovered(null);
		join(other.desk, other.call, attendee('bob'), T0 + 21_000);
		join(other.desk, other.call, attendee('ann'), T0 + 22_000, true);
		expect(other.desk.tick(T0 + LIMITS.ringFor)).toEqual([]);
	});

	it('is missed, not lost, when nobody comes back; nothing rings without who called', () => {
		const { desk } = recovered(null, T0 + 20_000);
		expect(desk.ringing('bob', T0 + 21_000)).toEqual([]);
		const end = endIn(desk.tick(T0 + 20_000 + RECOVER));
		expect(end).toMatchObject({ end: 'missed', at: T0 + LIMITS.ringFor });
	});

	it('is missed at once when whoever called comes back after its time', () => {
		const { desk, call } = recovered(null, T0 + 60_000);
		join(desk, call, attendee('ann'), T0 + 61_000, true);
		expect(endIn(desk.tick(T0 + 61_000))).toMatchObject({ end: 'missed', at: T0 + LIMITS.ringFor });
	});
});

/* ---------------------------------------------------------------- laws */

const PEOPLE = ['ann', 'bob', 'cy'];
const person = fc.constantFrom(...PEOPLE);
const device = fc.constantFrom(1, 2);
const step = fc.record({
	what: fc.constantFrom(
		...(['join', 'again', 'leave', 'decline', 'rings', 'alive', 'failed'] as const),
		...(['lost', 'back', 'out', 'session', 'wait', 'start'] as const)
	),
	person,
	device,
	other: person,
	wait: fc.constantFrom(0, 10, 1_000, 6_000, 30_000, 50_000, 100_000)
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Plays what may happen to the calls of a room; hands every deed over as it comes. */
function play(
	steps: Step[],
	direct: boolean,
	look: (desk: Desk, deeds: Deed[], now: number) => void
) {
	const desk = new Desk();
	let now = T0;
	let count = 0;
	const act = ({ what, person: who, device: number, other }: Step): Deed[] => {
		const own = attendee(who, `${who}-${number}`);
		const call = desk.inRoom('room');
		if (what === 'start') {
			if (call) return [];
			const rung = PEOPLE.filter((one) => one !== who).map((one) => ({
				person: one,
				isSilent: false
			}));
			const given = { id: `call ${count++}`, room: 'room', direct, video: false, begun: now };
			return desk.begin({ ...given, by: own, rung: direct ? rung.slice(0, 1) : rung }, now);
		}
		if (!call) return [];
		switch (what) {
			case 'join':
			case 'again': {
				if (direct && who !== call.by.id && !call.rung.has(who) && !call.took.has(who)) return [];
				const joined = desk.join(call, own, what === 'again', now);
				return 'deeds' in joined ? joined.deeds : [];
			}
			case 'leave':
				return desk.leave(call, who, own.device, now, now);
			case 'decline':
				return desk.decline(call, who, own.device, now);
			case 'rings':
				return desk.rings(call, who);
			case 'alive':
				return desk.alive(call, who, own.device, [`${other}-1`, `${other}-2`], now);
			case 'failed':
				return desk.failed(call, who, own.device, `${other}-1`, now);
			case 'lost':
				return desk.lost(who, own.device, now);
			case 'back':
				return call.seats.has(who) ? desk.alive(call, who, own.device, [], now) : [];
			case 'out':
				return desk.out(who, 'room', now);
			case 'session':
				return desk.sessionOver(own.session, now);
			case 'wait':
				return [];
		}
	};
	for (const one of steps) {
		look(desk, act(one), now);
		const until = now + one.wait;
		while (now < until) {
			now = Math.min(now + 1_000, until);
			look(desk, desk.tick(now), now);
		}
	}
	// Nobody has a socket any more: what stands ends.
	for (const one of PEOPLE)
		for (const n of [1, 2]) look(desk, desk.lost(one, `${one}-${n}`, now), now);
	for (let i = 0; i < 700; i++) look(desk, desk.tick((now += 1_000)), now);
	return desk;
}

const games = fc.tuple(fc.array(step, { maxLength: 40 }), fc.boolean());

describe('whatever happens', () => {
	it('W5 a call has one end, one device a person, and no time that runs backwards', () => {
		fc.assert(
			fc.property(games, ([steps, direct]) => {
				const ends = new Map<string, number>();
				play(steps, direct, (desk, deeds, now) => {
					for (const deed of deeds) {
						if (deed.do !== 'end') continue;
						ends.set(deed.call.id, (ends.get(deed.call.id) ?? 0) + 1);
						expect(deed.at).toBeGreaterThanOrEqual(deed.call.answered ?? deed.call.begun);
						expect(deed.at).toBeLessThanOrEqual(now);
					}
					for (const call of desk.all()) {
						expect(call.seats.size).toBeLessThanOrEqual(LIMITS.callPeople);
						for (const [who, seat] of call.seats) expect(seat.card.id).toBe(who);
					}
				});
				for (const count of ends.values()) expect(count).toBe(1);
			})
		);
	});

	it('V14 no call stays open once everybody is away', () => {
		fc.assert(
			fc.property(games, ([steps, direct]) => {
				expect(play(steps, direct, () => undefined).isEmpty()).toBe(true);
			})
		);
	});

	it('V1 whatever rings stops ringing, once, and V6 in time', () => {
		fc.assert(
			fc.property(games, ([steps, direct]) => {
				const ringing = new Map<string, number>();
				play(steps, direct, (_desk, deeds, now) => {
					for (const deed of deeds) {
						if (deed.do !== 'ring' && deed.do !== 'unring') continue;
						const key = `${deed.call.id} ${deed.person}`;
						if (deed.do === 'ring') ringing.set(key, deed.call.until!);
						else expect(ringing.delete(key)).toBe(true);
					}
					for (const until of ringing.values()) expect(now).toBeLessThan(until + 1_000);
				});
				expect(ringing.size).toBe(0);
			})
		);
	});

	it('V2 an answered call is never missed, cancelled or declined', () => {
		fc.assert(
			fc.property(games, ([steps, direct]) => {
				play(steps, direct, (_desk, deeds) => {
					const end = endIn(deeds);
					if (end?.do !== 'end' || end.call.answered === null) return;
					expect(['done', 'failed', 'lost']).toContain(end.end);
				});
			})
		);
	});
});
