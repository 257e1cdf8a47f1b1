/** Who is connected by other nodes, and what is done when they were not heard (decision 32). */
import { beforeEach, expect, test } from 'vitest';
import { createLog } from '../../../server/log.ts';
import { Others } from '../../../server/nodes/others.ts';
import type { Bus, NodeEvents } from '../../../server/nodes/ports.ts';
import { handClock } from '../../support/hand-clock.ts';

/** A node whose time, others and database are the test's. */
function world() {
	const clock = handClock();
	const heard = new Map<string, (sent: never) => void>();
	const ups: (() => void)[] = [];
	const said: [string, unknown][] = [];
	let isUp = true;
	const bus: Bus = {
		isUp: () => isUp,
		say: (event, sent) => void said.push([event, sent]),
		ask: async (event, sent) => void said.push([event, sent]),
		on: (event, listener) => void heard.set(event, listener as never),
		onUp: (listener) => void ups.push(listener),
		close: () => undefined
	};
	const reads = { among: async (_room: string, people: readonly string[]) => [...people] };
	const others = new Others({ bus, clock, reads, name: 'me', log: createLog('silent') });
	return {
		...{ others, pass: clock.pass, freeze: clock.freeze },
		saidOf: (event: keyof NodeEvents) => said.filter(([one]) => one === event).length,
		hear<E extends keyof NodeEvents>(event: E, sent: NodeEvents[E]): void {
			heard.get(event)!(sent as never);
		},
		redis(now: 'up' | 'away') {
			isUp = now === 'up';
			if (isUp) for (const up of ups) up();
		}
	};
}

let node: ReturnType<typeof world>;
beforeEach(() => {
	node = world();
});

test('what may have been missed is read when Redis is back and after standing still, until that succeeds', async () => {
	let times = 0;
	let fails = true;
	node.others.onDoubt(async () => {
		times += 1;
		if (fails) throw new Error('away');
	});
	await node.pass(10_000);
	expect(times).toBe(0);
	node.redis('away');
	await node.pass(4_000);
	node.redis('up');
	await node.pass(2_000);
	expect(times).toBe(2);
	fails = false;
	await node.pass(10_000);
	expect(times).toBe(3);
	node.freeze(5_000);
	await node.pass(0);
	expect(times).toBe(4);
});
