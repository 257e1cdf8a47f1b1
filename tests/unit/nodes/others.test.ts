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
		last: (event: keyof NodeEvents) => said.findLast(([one]) => one === event)?.[1],
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

test('a node is asked for everybody once at a time, and again when it does not answer', async () => {
	const entry = (version: number) => ({
		...{ node: 'b', version, entry: `p:${version}` },
		...{ on: true, places: [] }
	});
	for (let version = 3; version < 50; version++) node.hear('here', entry(version));
	expect(node.saidOf('askAll')).toBe(1);
	await node.pass(1_000);
	node.hear('alive', { node: 'b', version: 50 });
	expect(node.saidOf('askAll')).toBe(2);
	node.hear('all', { node: 'b', version: 50, entries: ['p:ben'] });
	node.hear('here', entry(51));
	expect([node.others.isOnline('ben'), node.others.isOnline('51')]).toEqual([true, true]);
	// Something was missed again.
	node.hear('here', entry(53));
	expect(node.saidOf('askAll')).toBe(3);
});

test('a node that many ask answers a few times, last with how it is then', async () => {
	for (let i = 0; i < 50; i++) node.hear('askAll', { node: 'me' });
	expect(node.saidOf('all')).toBe(1);
	node.others.tellPerson('anna', true, []);
	await node.pass(200);
	expect(node.saidOf('all')).toBe(2);
	expect(node.last('all')).toEqual({ node: 'me', version: 1, entries: ['p:anna'] });
	await node.pass(2_000);
	expect(node.saidOf('all')).toBe(2);
	node.hear('askAll', { node: 'another' });
	node.hear('askAll', { node: 'me' });
	expect(node.saidOf('all')).toBe(3);
});
