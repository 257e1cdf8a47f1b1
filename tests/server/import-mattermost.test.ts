/** The way over from Mattermost: a small bulk export of the true form, alone and in an archive. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeDeflated } from '../support/deflated.ts';
import { importing, type Importing } from '../support/importing.ts';

let it: Importing;
beforeEach(() => void (it = importing('mattermost')));
afterEach(() => it.remove());

const T = 1_600_000_000_000;
const channel = (name: string, type: string) => ({
	type: 'channel',
	channel: {
		team: 'eng',
		name,
		display_name: `The ${name}`,
		type,
		header: '',
		purpose: `about ${name}`
	}
});
const user = (username: string, roles: string) => ({
	type: 'user',
	user: {
		...{
			username,
			email: `${username}@example.org`,
			auth_service: '',
			nickname: '',
			roles: 'system_user'
		},
		...{ first_name: username === 'ann' ? 'Ann' : '', last_name: '' },
		teams: [{ name: 'eng', roles: 'team_user', channels: [{ name: 'garden', roles }] }]
	}
});
const LINES = [
	{ type: 'version', version: 1 },
	{ type: 'role', role: { name: 'x' } },
	{
		type: 'team',
		team: { name: 'eng', display_name: 'Engineering', type: 'O', allow_open_invite: true }
	},
	channel('garden', 'O'),
	channel('shed', 'P'),
	user('ann', 'channel_user channel_admin'),
	user('bob.b', 'channel_user'),
	{
		type: 'post',
		post: {
			...{ team: 'eng', channel: 'garden', user: 'ann', create_at: T + 1_000, edit_at: T + 9_000 },
			message: 'Hi @bob.b :tada:',
			reactions: [{ user: 'bob.b', emoji_name: 'heart', create_at: T + 2_000 }],
			replies: [
				{ user: 'bob.b', message: 'an answer', create_at: T + 5_000, flagged_by: [] },
				{ user: 'ann', message: 'later', create_at: T + 7_000 }
			],
			attachments: [{ path: '20200913/here.txt' }, { path: '../../../../etc/passwd' }]
		}
	},
	{
		type: 'post',
		post: { team: 'eng', channel: 'shed', user: 'ann', message: 'hidden', create_at: T }
	},
	{
		type: 'post',
		post: {
			team: 'eng',
			channel: 'garden',
			user: 'bob.b',
			message: 'between',
			create_at: T + 3_000
		}
	},
	{
		type: 'post',
		post: {
			...{ team: 'eng', channel: 'garden', user: 'bob.b', type: 'system_join_channel' },
			...{ message: 'bob joined', create_at: T + 3_500 }
		}
	},
	{ type: 'direct_channel', direct_channel: { members: ['ann', 'bob.b'], header: '' } },
	{
		type: 'direct_post',
		direct_post: {
			channel_members: ['bob.b', 'ann'],
			user: 'ann',
			message: 'between us',
			create_at: T
		}
	}
];
const text = LINES.map((line) => JSON.stringify(line)).join('\n');

async function bothRuns(file: string): Promise<void> {
	const dry = await it.bringIn(file, { isDry: true });
	const run = await it.bringIn(file);
	expect(run).toEqual(dry);
	expect(run).toMatchObject({
		people: { new: 2, accounts: 0 },
		rooms: { new: 3 },
		messages: { new: 6 },
		files: { new: 1 }
	});
	expect(Object.fromEntries(run.losses)).toEqual({
		'lines of the type "role"': 1,
		'notes of Mattermost about a channel, such as who joined': 1,
		'files that are not there: their messages name them': 1
	});
	const said = await it.said('The garden');
	expect(said.map((one) => [one.body, one.at - T])).toEqual([
		['Hi @bob.b 🎉', 1_000],
		['between', 3_000],
		['an answer', 5_000],
		['later', 7_000]
	]);
	expect(said.map((one) => one.reply_seq)).toEqual([null, null, said[0]!.seq, said[0]!.seq]);
	expect(said[0]!.edited_at).toBe(T + 9_000);
	expect(said[0]!.reactions).toContain('❤️');
	const [shed] = await it.serving((server) =>
		server.query<{ isPrivate: number }>(
			`SELECT count(password_hash) AS "isPrivate" FROM room WHERE name = 'The shed'`
		)
	);
	expect(shed).toEqual({ isPrivate: 1 });
	expect(await it.bringIn(file)).toMatchObject({
		rooms: { new: 0, known: 3 },
		messages: { new: 0, known: 6 },
		files: { new: 0, known: 1 }
	});
}

test('a .jsonl with its files beside it', async () => {
	mkdirSync(join(it.dir, 'data', '20200913'), { recursive: true });
	writeFileSync(join(it.dir, 'data', '20200913', 'here.txt'), 'hello');
	writeFileSync(join(it.dir, 'import.jsonl'), text);
	await bothRuns('import.jsonl');
});

test('the same in an archive', async () => {
	writeDeflated(join(it.dir, 'export.zip'), {
		'import.jsonl': text,
		'data/20200913/here.txt': 'hello'
	});
	await bothRuns('export.zip');
});

test.each([
	['{"type":"team"}', /line 1: the first line says no version/],
	['{"type":"version","version":2}', /line 1: "version"/],
	['{"type":"version","version":1}\n{"type":"post","post":{"team":5}}', /line 2: "post\./],
	['{"type":"version","version":1}\n{"type":"post"', /line 2: not JSON/]
])('what is not as it has to be is refused: %s', async (content, message) => {
	writeFileSync(join(it.dir, 'x.jsonl'), content);
	await expect(it.bringIn('x.jsonl')).rejects.toThrow(message);
});
