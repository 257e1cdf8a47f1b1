/** What is read ahead of a room whose row was pressed. */
import { describe, expect, it, vi } from 'vitest';
import { writable, type Live } from '../../../src/lib/db/live.ts';
import { RoomReadAhead, type RoomSources } from '../../../src/lib/state/client/room-sources.ts';
import { handClock } from '../../support/hand-clock.ts';

/** A live value that counts who follows it. */
function counted<T>(value: T): Live<T> & { followers: () => number } {
	const inner = writable(value);
	let followers = 0;
	return {
		followers: () => followers,
		subscribe(run) {
			followers++;
			const end = inner.subscribe(run);
			return () => {
				followers--;
				end();
			};
		}
	};
}

function world() {
	const clock = handClock();
	const made: { room: string; source: ReturnType<typeof counted> }[] = [];
	const make = vi.fn((room: string): RoomSources => {
		const source = counted(null);
		made.push({ room, source });
		return { source: source as never, detail: writable(null), members: writable([]) };
	});
	return { clock, made, make, ahead: new RoomReadAhead({ make, clock }) };
}
const ANYWHERE = () => null;

describe('a room that is read ahead', () => {
	it('is taken by the screen that opens it, once, and followed until that follows it', async () => {
		const { ahead, clock, made, make } = world();
		ahead.begin('a', ANYWHERE);
		expect(made[0]!.source.followers()).toBe(1);
		const taken = ahead.take('a', ANYWHERE);
		expect(taken.source).toBe(made[0]!.source);
		const end = taken.source.subscribe(() => undefined);
		await clock.pass(0);
		expect(made[0]!.source.followers()).toBe(1);
		end();
		ahead.take('a', ANYWHERE);
		expect(make).toHaveBeenCalledTimes(2);
	});

	it('is followed no longer when nobody comes, or another row is pressed', async () => {
		const { ahead, clock, made } = world();
		ahead.begin('a', ANYWHERE);
		ahead.begin('b', ANYWHERE);
		expect(made.map(({ source }) => source.followers())).toEqual([0, 1]);
		await clock.pass(2_000);
		expect(made[1]!.source.followers()).toBe(0);
	});

	it('is read once for a press and its click', () => {
		const { ahead, make } = world();
		ahead.begin('a', ANYWHERE);
		ahead.begin('a', ANYWHERE);
		expect(make).toHaveBeenCalledTimes(1);
	});

	it('leaves another room alone', () => {
		const { ahead, made } = world();
		ahead.begin('a', ANYWHERE);
		ahead.take('b', ANYWHERE);
		expect(made.map(({ room }) => room)).toEqual(['a', 'b']);
		expect(made[0]!.source.followers()).toBe(1);
	});
});
