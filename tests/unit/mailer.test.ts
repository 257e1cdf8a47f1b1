/** Mail: what waits is bounded, what fails is tried again, and closing waits for nothing. */
import { afterEach, expect, test, vi } from 'vitest';
import { createLog } from '../../server/log.ts';
import { createMailer } from '../../server/mail/mailer.ts';
import { startMailServer, type MailServer } from '../support/mail-server.ts';

let mail: MailServer | null = null;
afterEach(async () => {
	await mail?.stop();
	mail = null;
});

const LETTER = { to: 'ann@example.org', subject: 'S', text: 'T' };

/** A mailer whose pauses end when the test says so. */
function mailer(url: string) {
	const lines: string[] = [];
	const pauses: { ms: number; end: () => void }[] = [];
	const made = createMailer({
		url,
		from: 'chat@example.org',
		clock: {
			after(ms, end) {
				pauses.push({ ms, end });
				return () => undefined;
			}
		},
		log: createLog('warn', { write: (line) => void lines.push(line) })
	});
	return { ...made, lines, pauses };
}

test('a letter that is not taken is tried four times, with pauses that grow, and then given up', async () => {
	mail = await startMailServer();
	mail.refusals.push(451, 451, 451, 451);
	const { send, lines, pauses, close } = mailer(mail.url);
	const sent = send(LETTER);
	for (const [at, ms] of [5_000, 30_000, 120_000].entries()) {
		await vi.waitFor(() => expect(pauses[at]?.ms).toBe(ms));
		pauses[at]!.end();
	}
	await sent;
	expect(lines.map((line) => (JSON.parse(line) as { level: number }).level)).toEqual([
		40, 40, 40, 50
	]);
	expect(mail.letters).toEqual([]);
	close();
});

test('a final no is no reason to try again', async () => {
	mail = await startMailServer();
	mail.refusals.push(550);
	const { send, lines, pauses, close } = mailer(mail.url);
	await send(LETTER);
	expect(pauses).toEqual([]);
	expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
		{ level: 50, responseCode: 550 }
	]);
	close();
});

test('a letter that is taken at the second try has gone once', async () => {
	mail = await startMailServer();
	mail.refusals.push(451);
	const { send, pauses, close } = mailer(mail.url);
	const sent = send(LETTER);
	await vi.waitFor(() => expect(pauses).toHaveLength(1));
	pauses[0]!.end();
	await sent;
	expect(mail.letters).toHaveLength(1);
	close();
});

test('of more than two hundred letters the rest is given up at once, with a line each', async () => {
	const { send, lines, close } = mailer('smtp://127.0.0.1:9');
	const all = Array.from({ length: 200 }, () => send(LETTER));
	await send(LETTER);
	expect(lines.filter((line) => line.includes('TOO_MANY'))).toHaveLength(1);
	close();
	await Promise.all(all);
});

test('closing gives up what waits, and what a silent mail server holds', async () => {
	mail = await startMailServer();
	const held = mail.hold();
	const { send, close, lines } = mailer(mail.url);
	const sent = send(LETTER);
	await held;
	close();
	await sent;
	expect(lines.join('')).toContain('CLOSED');
});
