/** Files that all nodes keep in one folder. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filing } from '../support/filing.ts';
import { startNodes, type TestNode, type TestNodes } from '../support/nodes.ts';
import { generalOf, register, type Person } from '../support/person.ts';

let all: TestNodes;
let [a, b] = [] as unknown as [TestNode, TestNode];
let anna: Person;
beforeAll(async () => {
	all = await startNodes(2);
	[a, b] = all.nodes as [TestNode, TestNode];
	anna = await register(a, 'anna');
});
afterAll(() => all.stop());

test('an upload goes on by another node, past one that starts, and is fetched from any', async () => {
	const bytes = randomBytes(300_000);
	const [half, rest] = [bytes.subarray(0, 100_000), bytes.subarray(100_000)];
	const [here, there] = [filing(() => a), filing(() => b)];
	const { id, url } = await here.begin(anna, bytes);
	expect((await here.send(anna, url, 0, half)).status).toBe(204);
	// A node that starts looks for what was left over.
	const late = await all.add();
	const atB = all.at(b, anna);
	expect(await there.offsetOf(atB, url)).toEqual({ status: 200, offset: half.length });
	expect((await there.send(atB, url, half.length, rest)).status).toBe(204);
	const link = await anna.link();
	const cards = await here.say(link, await generalOf(link), [id]);
	expect(cards).toMatchObject([{ id, size: bytes.length }]);
	for (const node of [a, b, late]) {
		const response = await fetch(`${node.origin}/api/files/${id}`, {
			headers: { cookie: anna.cookie }
		});
		expect(response.status).toBe(200);
		expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
	}
	link.close();
});
