/** The bot of docs/bot.md, as it stands there, on a running server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BotError, connectBot } from '../../clients/bot.ts';
import { program, unique } from '../support/compat.ts';
import { register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let server: TestServer;
let url: string;
beforeAll(async () => {
	server = await startServer();
	url = `http://127.0.0.1:${server.port}`;
});
afterAll(() => server.stop());

/** A token as the app's settings make it. */
async function botToken(): Promise<{ token: string; name: string }> {
	const owner = await register(server, unique('weather'));
	const made = await owner.ask('/api/account/tokens', { body: { name: 'weather bot' } });
	return { token: (made.body as { token: string }).token, name: owner.name };
}

describe('the bot of docs/bot.md', () => {
	it('answers in the rooms that it is in', async () => {
		const text = readFileSync(join(ROOT, 'docs/bot.md'), 'utf8');
		const code = /```ts\n([\s\S]*?)```/.exec(text)![1]!;
		const folder = mkdtempSync(join(tmpdir(), 'roost-bot-'));
		const from = join(ROOT, 'clients', 'bot.ts');
		writeFileSync(join(folder, 'bot.mts'), code.replace('../clients/bot.ts', from));
		const { token, name } = await botToken();
		const child = spawn(process.execPath, [join(folder, 'bot.mts')], {
			env: { PATH: process.env.PATH ?? '', ROOST_URL: url, ROOST_TOKEN: token },
			stdio: ['ignore', 'pipe', 'inherit']
		});
		try {
			const [line] = (await Promise.race([
				once(createInterface(child.stdout), 'line'),
				once(child, 'close')
			])) as [string];
			expect(line).toBe(`${name} listens in 1 rooms`);
			const person = await program(server, 'asker');
			const ear = await person.connect();
			await ear.ask('join_room', { room_id: 1 });
			await ear.ask('send_message', { room_id: 1, content: '!ping' });
			const answer = await ear.hear('new_message', (one) => one.username === name);
			expect(answer.content).toBe(`pong, ${person.name}`);
			ear.close();
		} finally {
			child.kill('SIGKILL');
			rmSync(folder, { recursive: true, force: true });
		}
	});
});

describe('the typed client', () => {
	it('walks what it offers', async () => {
		const { token, name } = await botToken();
		const bot = await connectBot({ url, token });
		expect(bot.me.username).toBe(name);
		const owner = await program(server, 'owner');
		const room = await owner.room(unique('bots'), 'sesame');
		expect((await bot.rooms()).others.map((one) => one.id)).toContain(room.id);
		await expect(bot.join(room.id)).rejects.toThrow('password');
		expect((await bot.join(room.id, 'sesame')).room_name).toBe(room.name);
		const heard = new Promise<string>((resolve) =>
			bot.on('new_message', (message) => resolve('content' in message ? message.content : ''))
		);
		const said = await bot.say(room.id, 'here I am');
		expect(await heard).toBe('here I am');
		expect((await bot.history(room.id)).messages).toEqual([said]);
		const fault = await bot.call('GET', '/api/rooms/nothing').catch((error: unknown) => error);
		expect(fault).toBeInstanceOf(BotError);
		expect((fault as BotError).status).toBe(404);
		await bot.leave(room.id);
		bot.close();
		await expect(connectBot({ url, token: 'nonsense' })).rejects.toMatchObject({ status: 401 });
	});
});
