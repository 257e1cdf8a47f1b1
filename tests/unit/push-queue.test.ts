/** When pushes and changes of what was pushed go: paced (PUSH-8), never to a service that rests (PUSH-4). */
import { expect, test } from 'vitest';
import type { MessageRow } from '../../src/lib/protocol/change.ts';
import { PushQueue, type PendingChange } from '../../server/push/push-queue.ts';
import type { Subscription } from '../../server/push/push-store.ts';

const SUBSCRIPTION: Subscription = {
	id: 's',
	person: 'p',
	session: 'k',
	endpoint: '',
	p256dh: '',
	auth: '',
	failures: 0,
	pausedUntil: 0
};

/** A queue, a clock that stands until it is moved, and when what went, in ms. */
function world() {
	let now = 0;
	let timers: { at: number; run: () => void }[] = [];
	const went: [at: number, what: number][] = [];
	const clock = {
		now: () => now,
		after(ms: number, run: () => void) {
			const timer = { at: now + ms, run };
			timers.push(timer);
			return () => void (timers = timers.filter((one) => one !== timer));
		}
	};
	const queue = new PushQueue(clock, (push) =>
		went.push([now, 'message' in push ? push.message.seq : push.seq])
	);
	return {
		queue,
		went,
		pass(ms: number) {
			const end = now + ms;
			for (;;) {
				const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
				if (!next) break;
				timers = timers.filter((one) => one !== next);
				now = next.at;
				next.run();
			}
			now = end;
		},
		waiting: () => timers.length,
		change(seq: number, more: Partial<PendingChange> = {}) {
			const change = { subscription: SUBSCRIPTION, room: 'r', seq, tries: 0, isOut: false };
			queue.addChange({ ...change, isUrgent: false, ...more });
		}
	};
}

test('edits keep the pace of their room, the last one counts; a recall waits for nothing', () => {
	const it = world();
	for (let second = 0; second < 25; second++) {
		it.change(second);
		it.pass(1_000);
	}
	expect(it.went.map(([at]) => at)).toEqual([0, 10_000, 20_000]);
	it.change(100, { isUrgent: true });
	expect(it.went.at(-1)).toEqual([25_000, 100]);
	it.pass(60_000);
	expect(it.waiting()).toBe(0);
});

test('nothing goes to a service that rests, and what waited goes when the rest is over', () => {
	const it = world();
	const subscription = { ...SUBSCRIPTION, pausedUntil: 30_000 };
	it.change(1, { subscription, isUrgent: true });
	it.change(2, { subscription });
	it.pass(29_999);
	expect(it.went).toEqual([]);
	it.pass(1);
	expect(it.went).toEqual([[30_000, 2]]);
});

test('messages and changes of one room do not take each other’s place', () => {
	const it = world();
	const message = { room: 'r', seq: 7 } as MessageRow;
	const frame = { stream: 'r', from: 0, prev: '', upto: { i: '', g: 0, s: 7, h: '' } };
	it.queue.add({
		subscription: SUBSCRIPTION,
		message,
		frame: { ...frame, rows: [], cards: [] },
		meant: false
	});
	it.change(6, { isUrgent: true });
	it.pass(10);
	expect(it.went.map(([, what]) => what).sort()).toEqual([6, 7]);
	it.queue.close();
	expect(it.waiting()).toBeLessThanOrEqual(1);
});
