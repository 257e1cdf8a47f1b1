/** What is committed on one node is told by all, in one order. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program } from '../support/compat.ts';
import { startNodes, type TestNode, type TestNodes } from '../support/nodes.ts';
import { generalOf, newId, post, register, type Person, type TestLink } from '../support/person.ts';

let all: TestNodes;
let [a, b, c] = [] as unknown as [TestNode, TestNode, TestNode];
let anna: Person;
let ben: Person;
let general: string;
beforeAll(async () => {
	all = await startNodes(3);
	[a, b, c] = all.nodes as [TestNode, TestNode, TestNode];
	anna = await register(a, 'anna');
	ben = await register(b, 'ben');
	const link = await anna.link();
	general = await generalOf(link);
	link.close();
});
afterAll(() => all.stop());

const said = (link: TestLink) =>
	link.frames.flatMap(({ rows }) =>
		rows.flatMap((row) => (row.kind === 'message' && !row.system ? row.body : []))
	);

test('people on three nodes hear each other, and all in one order', async () => {
	const links = [
		await anna.link(),
		await ben.link(),
		await all.at(c, anna).link(),
		await all.at(a, ben).link()
	];
	// A device is told of what happens once it is answered.
	for (const link of links) await link.request('heads', {});
	const room = general;
	const each = 25;
	const speakers = links.map(async (link, i) => {
		for (let n = 0; n < each; n++) {
			const { results } = await link.request('acts', { acts: [post(room, `${i}-${n}`)] });
			expect(results[0]!.status).toBe('accepted');
		}
	});
	await Promise.all(speakers);
	for (const link of links) await link.until(() => said(link).length >= each * links.length);
	const [first, ...others] = links.map(said);
	expect(new Set(first).size).toBe(each * links.length);
	expect(first).toHaveLength(each * links.length);
	for (const other of others) expect(other).toEqual(first);
	// Each frame begins where the one before ended: no device has to ask.
	for (const link of links) {
		const frames = link.frames.filter(({ stream }) => stream === room);
		frames.slice(1).forEach((frame, i) => {
			expect([frame.from, frame.prev]).toEqual([frames[i]!.upto.s, frames[i]!.upto.h]);
		});
	}
	for (const link of links) link.close();
});

test('whoever comes into a room by one node is told of it by another', async () => {
	const [here, there] = [await anna.link(), await ben.link()];
	const room = newId();
	const made = await here.request('acts', {
		acts: [
			{ kind: 'room.create', id: newId(), at: Date.now(), room, name: 'lake', description: '' }
		]
	});
	expect(made.results[0]!.status).toBe('accepted');
	// Ben joins by a node on which no socket of his is.
	const joined = await all.at(c, ben).sync('acts', {
		acts: [{ kind: 'room.join', id: newId(), at: Date.now(), room }]
	});
	expect(joined.body).toMatchObject({ results: [{ status: 'accepted' }] });
	await here.request('acts', { acts: [post(room, 'welcome')] });
	await there.until(() => said(there).includes('welcome'));
	here.close();
	there.close();
});

test('programs hear what devices and programs say on other nodes', async () => {
	const [one, two] = [await program(a, 'one'), await program(b, 'two')];
	const [ear, other] = [await one.connect(), await two.connect()];
	for (const each of [ear, other]) await each.ask('join_room', { room_id: 1 });
	await ear.ask('send_message', { room_id: 1, content: 'by a program' });
	await other.hear('new_message', (sent) => sent.content === 'by a program');
	const link = await all.at(c, anna).link();
	await link.request('acts', { acts: [post(general, 'by a device')] });
	for (const each of [ear, other]) {
		await each.hear('new_message', (sent) => sent.content === 'by a device');
	}
	await ear.ask('send_message', { receiver_id: two.id, content: 'in private' });
	await other.hear('private_message', (sent) => sent.content === 'in private');
	for (const each of [ear, other]) each.close();
	link.close();
});

test('what is said on one node is found on another', async () => {
	const here = await anna.link();
	await here.request('acts', { acts: [post(general, 'a kingfisher dived')] });
	const there = await all.at(c, anna).link();
	const found = await there.request('search', { query: 'kingfisher', limit: 10 });
	expect('rows' in found && found.rows.map(({ body }) => body)).toEqual(['a kingfisher dived']);
	here.close();
	there.close();
});

test('a program whose node is replaced comes back to its rooms by another, and is given what it missed', async () => {
	const doomed = await all.add();
	const bot = await program(a, 'cut');
	const ear = await all.programAt(doomed, bot).connect();
	await ear.ask('join_room', { room_id: 1 });
	const link = await anna.link();
	await link.request('acts', { acts: [post(general, 'before')] });
	await ear.hear('new_message', (sent) => sent.content === 'before');
	await doomed.end('SIGTERM');
	await ear.closed;
	await link.request('acts', { acts: [post(general, 'meanwhile')] });
	const again = await all.programAt(c, bot).connect();
	await again.hear('new_message', (sent) => sent.content === 'meanwhile');
	await link.request('acts', { acts: [post(general, 'after')] });
	await again.hear('new_message', (sent) => sent.content === 'after');
	link.close();
	again.close();
});
