/** The way over from Slack: a small export of the true form. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeDeflated } from '../support/deflated.ts';
import { importing, type Importing } from '../support/importing.ts';
import { register } from '../support/person.ts';

let it: Importing;
beforeEach(() => void (it = importing('slack')));
afterEach(() => it.remove());

const USERS = [
	{ id: 'U1', name: 'ann', real_name: 'Ann Lee', profile: { display_name: 'Annie' } },
	{ id: 'U2', name: 'bob', deleted: true, real_name: 'Bob', profile: { display_name: '' } }
];
const CHANNELS = [
	{
		...{ id: 'C1', name: 'garden', created: 1_600_000_000, creator: 'U1', is_archived: false },
		members: ['U1', 'U2'],
		topic: { value: '', creator: '', last_set: 0 },
		purpose: { value: 'What grows', creator: 'U1', last_set: 1 },
		pins: [{ id: '1600000100.000100', type: 'C', created: 1_600_000_500, user: 'U1' }]
	}
];
const FIRST = [
	{
		type: 'message',
		subtype: 'channel_join',
		ts: '1600000001.000000',
		user: 'U1',
		text: '<@U1> has joined'
	},
	{
		...{ type: 'message', user: 'U1', ts: '1600000100.000100', thread_ts: '1600000100.000100' },
		text: 'Hi <@U2>, see <https://example.org|this> &amp; :tada: in <#C2|other> <!here>',
		reply_count: 1,
		reactions: [
			{ name: '+1::skin-tone-2', users: ['U2'], count: 1 },
			{ name: 'partyparrot', users: ['U2'], count: 1 }
		]
	},
	{
		...{ type: 'message', user: 'U2', ts: '1600000200.000200', thread_ts: '1600000100.000100' },
		text: 'an answer',
		edited: { user: 'U2', ts: '1600000300.000000' }
	}
];
const SECOND = [
	{
		...{ type: 'message', subtype: 'bot_message', username: 'builder', bot_id: 'B1', text: '' },
		ts: '1600090000.000000',
		attachments: [{ fallback: 'built', text: 'Build 5 is green' }]
	},
	{
		...{ type: 'message', user: 'U1', ts: '1600090001.000000', text: '', upload: true },
		files: [
			{ id: 'F1', name: 'here.txt', size: 5, mimetype: 'text/plain', mode: 'hosted' },
			{ id: 'F2', name: 'away.pdf', size: 999, mimetype: 'application/pdf', mode: 'hosted' }
		]
	},
	{ type: 'message', user: 'U1', ts: '1600090002.000000', text: 'x'.repeat(9_000) }
];

const entries = (): Record<string, string> => ({
	'users.json': JSON.stringify(USERS),
	'channels.json': JSON.stringify(CHANNELS),
	'dms.json': JSON.stringify([{ id: 'D1', created: 1_600_000_000, members: ['U1', 'U2'] }]),
	'integration_logs.json': '[]',
	'garden/2020-09-14.json': JSON.stringify(SECOND),
	'garden/2020-09-13.json': JSON.stringify(FIRST),
	'D1/2020-09-13.json': JSON.stringify([
		{ type: 'message', user: 'U2', ts: '1600000400.000000', text: 'between us' }
	]),
	'__uploads/F1/here.txt': 'hello'
});

test('channels, threads, reactions, edits, pins and files come over; dry run equals run; twice, nothing is doubled', async () => {
	writeDeflated(join(it.dir, 'slack.zip'), entries());
	const dry = await it.bringIn('slack.zip', { isDry: true });
	const run = await it.bringIn('slack.zip');
	expect(run).toEqual(dry);
	expect(run).toMatchObject({
		people: { new: 3, accounts: 0 },
		rooms: { new: 2 },
		messages: { new: 8 },
		files: { new: 1 }
	});
	expect(Object.fromEntries(run.losses)).toEqual({
		'notes of Slack about a channel, such as who joined': 1,
		'reactions that are no emoji of everybody’s': 1,
		'files that are not there: their messages name them': 1
	});
	const said = await it.said('garden');
	expect(said.map((one) => [one.name, one.body.slice(0, 80)])).toEqual([
		['ann', 'Hi @bob, see this (https://example.org) & 🎉 in #other @here'],
		['bob', 'an answer'],
		['builder', 'Build 5 is green'],
		['ann', ''],
		['ann', 'x'.repeat(80)],
		['ann', 'x'.repeat(80)],
		['ann', 'x'.repeat(80)]
	]);
	expect(said.map((one) => one.body.length).slice(4)).toEqual([4_000, 4_000, 1_000]);
	const [root, answer, , carried] = said;
	expect(root).toMatchObject({ at: 1_600_000_100_000, pinned_at: 1_600_000_500_000 });
	expect(JSON.parse(root!.mentions!)).toEqual([['bob', answer!.author]]);
	expect(JSON.parse(root!.reactions!)).toEqual([['👍', [expect.any(Number)]]]);
	expect(answer).toMatchObject({
		reply: root!.id,
		reply_seq: root!.seq,
		edited_at: 1_600_000_300_000
	});
	const files = JSON.parse(carried!.files!) as { name: string; type: string }[];
	expect(files.map((file) => file.name)).toEqual(['here.txt', 'away.pdf']);
	expect(await it.bringIn('slack.zip')).toMatchObject({
		people: { new: 0, known: 3 },
		rooms: { new: 0, known: 2 },
		messages: { new: 0, known: 8 },
		files: { new: 0, known: 1 }
	});
});

test('the one who is named owns what nobody with an account owns, and reads it', async () => {
	writeDeflated(join(it.dir, 'slack.zip'), entries());
	const me = await it.serving((server) => register(server, 'me'));
	await it.bringIn('slack.zip', { owner: 'me@example.org' });
	const rooms = await it.serving((server) =>
		server.query<{ name: string; owner: string; role: string }>(
			`SELECT r.name, r.owner, s.role FROM membership s JOIN room r ON r.id = s.room
			WHERE s.person = '${me.id}' ORDER BY r.number`
		)
	);
	expect(rooms.map(({ name, role }) => [name, role])).toEqual([
		['general', 'owner'],
		['garden', 'owner']
	]);
	await expect(it.bringIn('slack.zip', { owner: 'nobody' })).rejects.toThrow(/Nobody is called/);
});

test('what is no such export, and a bomb, are refused', async () => {
	writeDeflated(join(it.dir, 'a.zip'), { 'x.json': '[]' });
	await expect(it.bringIn('a.zip')).rejects.toThrow(/users\.json: not in the file/);
	writeDeflated(join(it.dir, 'b.zip'), { ...entries(), 'users.json': '{}' });
	await expect(it.bringIn('b.zip')).rejects.toThrow(/b\.zip, users\.json: .*Array/);
	writeDeflated(join(it.dir, 'c.zip'), { 'users.json': ' '.repeat(40 << 20) });
	await expect(it.bringIn('c.zip')).rejects.toThrow(/users\.json: larger than/);
	// Says less than it has.
	writeDeflated(join(it.dir, 'd.zip'), { 'users.json': ' '.repeat(40 << 20) }, 10);
	await expect(it.bringIn('d.zip')).rejects.toThrow(/users\.json: not a whole/);
});
