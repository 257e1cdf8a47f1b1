/** A password that was forgotten, where the server can send mail. The mail server here is a real one. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { program } from '../support/compat.ts';
import { startMailServer, type MailServer, type Received } from '../support/mail-server.ts';
import { ask, cookieOf, PASSWORD, register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

const NEXT = 'quite another battery';

let mail: MailServer;
let server: TestServer;
beforeAll(async () => {
	mail = await startMailServer();
	server = await startServer({
		SMTP_URL: mail.url,
		MAIL_FROM: 'Roost <chat@example.org>',
		RATE_LIMITS: 'on'
	});
});
afterAll(async () => {
	await server.stop();
	await mail.stop();
});
beforeEach(() => {
	mail.letters.length = 0;
	mail.refusals.length = 0;
});

const wish = (name: string, language = 'en') =>
	ask(server, '/api/account/password-mail', { body: { name, language } });
const letter = async (): Promise<Received> =>
	vi.waitFor(() => mail.letters[0] ?? Promise.reject(new Error('no letter')), { timeout: 20_000 });
const tokenIn = ({ text }: Received): string =>
	new RegExp(`${server.origin}/password#([\\w-]{43})`, 'u').exec(text)![1]!;
const redeem = (token: string) =>
	ask(server, '/api/account/password-link', { body: { token, password: NEXT } });

test('the door says that links come by mail', async () => {
	expect((await ask(server, '/api/server')).body).toMatchObject({ mail: true });
});

test('a link goes to the address of the account, opens once, and ends all sessions', async () => {
	const person = await register(server, 'forgetful');
	expect((await wish('Forgetful')).status).toBe(200);
	const came = await letter();
	expect(came).toMatchObject({ from: 'chat@example.org', to: ['forgetful@example.org'] });
	expect(came.text).toContain('Hello forgetful');
	const token = tokenIn(came);
	const again = await redeem(token);
	expect(cookieOf(again)).toBeTruthy();
	expect((await person.ask('/api/account/sessions')).status).toBe(401);
	expect((await redeem(token)).refused?.code).toBe('password_link_invalid');
	const signIn = { name: 'forgetful', password: PASSWORD, remember: true };
	expect((await ask(server, '/api/account/sign-in', { body: signIn })).refused?.code).toBe(
		'sign_in_failed'
	);
});

test('by e-mail, too, and in the language of whoever asks', async () => {
	await register(server, 'polyglot');
	await wish('polyglot@example.org', 'zh');
	const { text } = await letter();
	expect(text).toContain('polyglot，你好');
	await wish('polyglot', '../../secret');
	await vi.waitFor(() => expect(mail.letters).toHaveLength(2));
	expect(mail.letters[1]!.text).toContain('Hello polyglot');
});

test('nobody learns who has an account: the same answer, and no letter', async () => {
	await register(server, 'known');
	const answers = [
		await wish('known'),
		await wish('nobody_of_that_name'),
		await wish('no@where.example')
	];
	expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(
		1
	);
	await letter();
	expect(mail.letters.map(({ to }) => to)).toEqual([['known@example.org']]);
});

test('five letters an hour to one account, whatever name is used; more are not said to be too many', async () => {
	await register(server, 'pestered');
	for (let count = 0; count < 4; count++) {
		await wish(count % 2 ? 'pestered' : 'pestered@example.org');
	}
	await vi.waitFor(() => expect(mail.letters).toHaveLength(4));
	await wish('PESTERED');
	expect((await wish('pestered')).status).toBe(200);
	await register(server, 'next_one');
	await wish('next_one');
	await vi.waitFor(() =>
		expect(mail.letters.map(({ to }) => to[0])).toContain('next_one@example.org')
	);
	expect(mail.letters.filter(({ to }) => to[0] === 'pestered@example.org')).toHaveLength(5);
});

test('a page of another server sends no letter: its link would lead there', async () => {
	await register(server, 'lured');
	const headers = { origin: 'https://evil.example' };
	const answer = await ask(server, '/api/account/password-mail', {
		body: { name: 'lured', language: 'en' },
		headers
	});
	expect(answer.refused?.code).toBe('origin_refused');
});

test('a link ends when its owner sets another password, or another e-mail', async () => {
	const person = await register(server, 'careful');
	await wish('careful');
	const token = tokenIn(await letter());
	const body = { current: PASSWORD, password: 'yet another battery', endOthers: false };
	expect((await person.ask('/api/account/password', { body })).status).toBe(200);
	expect((await redeem(token)).refused?.code).toBe('password_link_invalid');

	const client = await program(server, 'mover');
	await wish(client.name);
	await vi.waitFor(() => expect(mail.letters).toHaveLength(2));
	const sent = tokenIn(mail.letters[1]!);
	const moved = { method: 'PUT', body: { email: `${client.name}_new@example.org` } };
	expect((await client.call('/api/auth/profile', moved)).status).toBe(200);
	expect((await redeem(sent)).refused?.code).toBe('password_link_invalid');
});

test('what a mail server says is in no log: it repeats the address', async () => {
	await register(server, 'refused_one');
	mail.refusals.push(550);
	await wish('refused_one');
	await vi.waitFor(() => expect(server.lines.join('')).toContain('mail was not sent'));
	expect(server.lines.join('')).not.toContain('refused_one@example.org');
});
