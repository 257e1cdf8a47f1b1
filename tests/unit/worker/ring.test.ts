/** Calls that are pushed: what rings has time left, and what became of it takes its place. */
import { expect, test } from 'vitest';
import type { Shown } from '../../../src/lib/i18n/notification.ts';
import { ringDataOf } from '../../../src/lib/i18n/ring-notification.ts';
import type { PushNote } from '../../../src/lib/protocol/push.ts';
import { showCall } from '../../../src/lib/worker/ring.ts';

const UNTIL = 100_000;
const NOTE: PushNote = {
	...{ v: 1, room: 'r', count: 1, badge: 1, title: '', direct: true, author: 'Mia' },
	...{ text: '📞', id: 'c', seq: 7, at: 55_000 }
};

/** Shows a push of a call at a time of this device. */
async function pushed(now: number, call: Partial<NonNullable<PushNote['call']>> = {}) {
	const shown: Shown[] = [];
	let time = now;
	await showCall(
		NOTE,
		{ id: 'c', until: UNTIL, video: false, ...call },
		{
			locale: 'en',
			sound: true,
			now: () => time,
			show: async (one) => void shown.push(one),
			isShown: async () => ringDataOf(shown.at(-1)?.options.data)?.rings === true,
			after: async (ms) => void (time += ms)
		}
	);
	return { shown, time };
}

test('a ring names who calls, stays until it is answered, and can be answered and declined', async () => {
	const { shown } = await pushed(60_000);
	expect(shown).toHaveLength(1);
	const [{ title, options }] = shown as [Shown];
	expect(title).toBe('Mia calls');
	expect(options).toMatchObject({ tag: 'call:c', requireInteraction: true, silent: false });
	expect(options.actions?.map(({ action }) => action)).toEqual(['answer', 'decline']);
});

test('V6: what comes after its time is a missed call, and never rings', async () => {
	const { shown } = await pushed(UNTIL);
	expect(shown.map(({ options }) => [options.body, options.silent])).toEqual([
		['Missed call', true]
	]);
});

test('V6: the last push of a ring ends it by itself when no word comes that it is over', async () => {
	const { shown, time } = await pushed(UNTIL - 20_000);
	expect(shown.map(({ options }) => options.body)).toEqual(['Voice call', 'Missed call']);
	expect(time).toBe(UNTIL);
});

test('V1, V2: answered or declined elsewhere takes the place of the ring, and is not called missed', async () => {
	for (const over of ['answered', 'declined'] as const) {
		const { shown } = await pushed(70_000, { over });
		expect(shown.map(({ options }) => [options.tag, options.body, options.silent])).toEqual([
			['call:c', 'Answered or ended elsewhere', true]
		]);
	}
});

test('V13: nobody answered: "Missed call" in the place of the ring', async () => {
	for (const over of ['missed', 'cancelled'] as const) {
		const { shown } = await pushed(70_000, { over });
		expect(shown.map(({ options }) => options.body)).toEqual(['Missed call']);
	}
});

test('V6: a clock of the device that is wrong makes it ring neither never nor for longer', async () => {
	const now = UNTIL - 20_000;
	for (const wrong of [-3_600_000, 3_600_000]) {
		const { shown, time } = await pushed(now + wrong, { now });
		expect(shown[0]!.title).toBe('Mia calls');
		expect(time).toBe(now + wrong + 20_000);
	}
	const late = await pushed(UNTIL + 1_000, { now });
	expect(late.shown.map(({ options }) => options.body)).toEqual(['Missed call']);
});
