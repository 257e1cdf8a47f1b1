/** The way over from Telegram: a small result.json of a chat, of the true form. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importing, type Importing } from '../support/importing.ts';

let it: Importing;
beforeEach(() => void (it = importing('telegram')));
afterEach(() => it.remove());

const at = (n: number) => ({
	date: '2020-09-13T12:26:40',
	date_unixtime: String(1_600_000_000 + n)
});
const ann = { from: 'Ann "the" [Gardener]', from_id: 'user111' };
const bob = { from: '李雷', from_id: 'user222' };
const MESSAGES = [
	{
		id: 1,
		type: 'service',
		...at(0),
		actor: 'Ann',
		actor_id: 'user111',
		action: 'create_group',
		text: ''
	},
	{ id: 2, type: 'message', ...at(1), ...ann, text: 'a } brace, a ] bracket and a \\" quote' },
	{
		...{ id: 3, type: 'message', ...at(2), ...bob, edited: '2020-09-13T12:30:00' },
		...{ edited_unixtime: '1600000050', reply_to_message_id: 2 },
		text: [
			'see ',
			{ type: 'text_link', text: 'this', href: 'https://example.org' },
			{ type: 'bold', text: '!' }
		],
		text_entities: [],
		reactions: [
			{
				...{ type: 'emoji', count: 3, emoji: '👍' },
				recent: [{ from: 'Ann', from_id: 'user111', date: '2020-09-13T12:27:00' }]
			},
			{ type: 'custom_emoji', count: 1, document_id: 'x' }
		]
	},
	{
		...{ id: 4, type: 'message', ...at(3), ...ann, file: 'files/here.txt', file_name: 'here.txt' },
		...{ mime_type: 'text/plain', text: '' }
	},
	{
		...{ id: 5, type: 'message', ...at(4), ...ann, text: 'a caption' },
		photo: '(File not included. Change data exporting settings to download.)',
		...{ width: 10, height: 10 }
	},
	{ id: 6, type: 'message', ...at(5), ...bob, file: '../outside.txt', text: '' },
	{
		id: 7,
		type: 'message',
		...at(6),
		...bob,
		text: '',
		sticker_emoji: '😀',
		forwarded_from: 'Carl'
	}
];
const chat = (over: object = {}) =>
	JSON.stringify(
		{ name: 'Garden', type: 'private_group', id: 4_567, messages: MESSAGES, ...over },
		null,
		1
	);

test('texts, answers, edits, reactions and files come over; dry run equals run; twice, nothing is doubled', async () => {
	mkdirSync(join(it.dir, 'chat', 'files'), { recursive: true });
	writeFileSync(join(it.dir, 'chat', 'files', 'here.txt'), 'hello');
	writeFileSync(join(it.dir, 'outside.txt'), 'outside');
	writeFileSync(join(it.dir, 'chat', 'result.json'), chat());
	const dry = await it.bringIn('chat/result.json', { isDry: true });
	const run = await it.bringIn('chat/result.json');
	expect(run).toEqual(dry);
	expect(run).toMatchObject({
		people: { new: 2 },
		rooms: { new: 1 },
		messages: { new: 6 },
		files: { new: 1 }
	});
	expect(Object.fromEntries(run.losses)).toEqual({
		'notes of Telegram about a chat, such as who joined': 1,
		'reactions of which it is not said whose they were': 3,
		'files that are not there: their messages name them': 2
	});
	const said = await it.said('Garden');
	expect(said.map((one) => one.body)).toEqual([
		'a } brace, a ] bracket and a \\" quote',
		'see this (https://example.org)!',
		'',
		'a caption',
		'',
		'» Carl\n😀'
	]);
	expect(said[1]).toMatchObject({
		...{ name: '李雷', at: 1_600_000_002_000, edited_at: 1_600_000_050_000 },
		reply_seq: said[0]!.seq
	});
	expect(await it.bringIn('chat/result.json')).toMatchObject({
		rooms: { new: 0, known: 1 },
		messages: { new: 0, known: 6 },
		files: { new: 0, known: 1 }
	});
});

test('a chat of two is a conversation of two', async () => {
	writeFileSync(join(it.dir, 'result.json'), chat({ type: 'personal_chat' }));
	await it.bringIn('result.json');
	const rooms = await it.serving((server) =>
		server.query('SELECT direct FROM room ORDER BY number')
	);
	expect(rooms).toEqual([{ direct: 0 }, { direct: 1 }]);
});

test.each([
	['hello', /it ends before the list/],
	['{"chats":{"list":[{"messages":[]}]}}', /there is no list "messages"/],
	['{"name":"x","type":"y","id":"z","messages":[]}', /"id"/],
	[chat().slice(0, 700), /it ends before the list/],
	[chat({ messages: [{ id: 1, type: 'message', date: 5 }] }), /message 1: "date"/]
])('what is not as it has to be is refused: %#', async (content, message) => {
	writeFileSync(join(it.dir, 'x.json'), content);
	await expect(it.bringIn('x.json')).rejects.toThrow(message);
});
