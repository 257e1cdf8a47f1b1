/** Sends mail by the server that SMTP_URL names: a few letters at once, tried again for some minutes, then given up. */
import { createTransport } from 'nodemailer';
import type { Clock } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { createSemaphore } from '../semaphore.ts';
import type { Letter } from './letters.ts';

/** Letters under way at once, and letters that there are in all, those that are tried again included. */
const AT_ONCE = 3;
const LETTERS_MAX = 200;
/** ms for connecting, for the greeting and for silence in between. */
const WITHIN = 15_000;
/** ms before the second try, the third and so on. */
const PAUSES = [5_000, 30_000, 120_000];

/** Whether a mail server has said no for good: a 5xx answer (RFC 5321, 4.2.1). */
function isFinal(error: unknown): boolean {
	const { responseCode } = error as { responseCode?: unknown };
	return typeof responseCode === 'number' && responseCode >= 500;
}

/** What may stand in a log: logs are read by more people than a mailbox, and an answer repeats the address. */
function forLog(error: unknown): object {
	const { code, responseCode, command } = error as Record<string, unknown>;
	return { code, responseCode, command };
}

interface Mailer {
	/** Takes a letter; resolves when it was handed over, or given up, which is logged. */
	send(letter: Letter): Promise<void>;
	/** Gives up what waits and what is under way. */
	close(): void;
}

interface MailerOptions {
	/** smtp: or smtps: address, with user and password */
	url: string;
	/** address, with or without a name, that letters come from */
	from: string;
	clock: Pick<Clock, 'after'>;
	log: Log;
}

/** What `send` meets with when the mailer is closed. */
const CLOSED = Object.assign(new Error('the server is being closed'), { code: 'CLOSED' });

export function createMailer({ url, from, clock, log }: MailerOptions): Mailer {
	const limits = { connectionTimeout: WITHIN, greetingTimeout: WITHIN, socketTimeout: WITHIN };
	const transport = createTransport({ url, ...limits });
	const semaphore = createSemaphore(AT_ONCE, LETTERS_MAX, WITHIN);
	const closed = Promise.withResolvers<never>();
	// Nobody waits for it when no letter is under way.
	closed.promise.catch(() => undefined);
	let letters = 0;
	let isClosed = false;

	function pause(ms: number): Promise<void> {
		let stop = (): void => undefined;
		const over = new Promise<void>((resolve) => (stop = clock.after(ms, resolve)));
		return Promise.race([over, closed.promise]).finally(stop);
	}

	/** @returns null when it is on its way, else what went wrong */
	async function handOver({ to, subject, text }: Letter): Promise<unknown> {
		const mail = { from, to: { name: '', address: to }, subject, text };
		try {
			await semaphore.run(() =>
				isClosed ? closed.promise : Promise.race([transport.sendMail(mail), closed.promise])
			);
			return null;
		} catch (error) {
			return error;
		}
	}

	async function tryAll(letter: Letter): Promise<void> {
		for (const ms of [...PAUSES, null]) {
			const error = await handOver(letter);
			if (error === null) return;
			const isLast = ms === null || isClosed || isFinal(error);
			log[isLast ? 'error' : 'warn'](forLog(error), 'mail was not sent');
			if (isLast) return;
			await pause(ms);
		}
	}

	return {
		async send(letter) {
			if (letters >= LETTERS_MAX) {
				log.error({ code: 'TOO_MANY' }, 'mail was not sent');
				return;
			}
			letters++;
			try {
				await tryAll(letter);
			} catch (error) {
				if (error !== CLOSED) throw error;
				log.error(forLog(error), 'mail was not sent');
			} finally {
				letters--;
			}
		},
		close() {
			isClosed = true;
			closed.reject(CLOSED);
			transport.close();
		}
	};
}
