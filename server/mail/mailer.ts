/** Sends mail by the server that SMTP_URL names: a few letters at once, tried again for some minutes, then given up. */
import { createTransport } from 'nodemailer';
import type { Clock } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { createSemaphore } from '../semaphore.ts';
import type { Letter } from './letters.ts';

/** Letters under way at once, and that wait for it; ms until there may be room. */
const AT_ONCE = 3;
const WAITING_MAX = 200;
const COME_BACK_AFTER = 60_000;
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
	/** Gives up what waits for another try. */
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

export function createMailer({ url, from, clock, log }: MailerOptions): Mailer {
	const limits = { connectionTimeout: WITHIN, greetingTimeout: WITHIN, socketTimeout: WITHIN };
	const transport = createTransport({ url, ...limits });
	const semaphore = createSemaphore(AT_ONCE, WAITING_MAX, COME_BACK_AFTER);
	const closing = new AbortController();

	/** @returns false when the mailer is closed before that */
	function pause(ms: number): Promise<boolean> {
		const { signal } = closing;
		if (signal.aborted) return Promise.resolve(false);
		return new Promise((resolve) => {
			const stop = clock.after(ms, () => resolve(true));
			signal.addEventListener('abort', () => {
				stop();
				resolve(false);
			});
		});
	}

	/** @returns null when it is on its way, else what went wrong */
	async function handOver({ to, subject, text }: Letter): Promise<unknown> {
		try {
			await semaphore.run(() =>
				transport.sendMail({ from, to: { name: '', address: to }, subject, text })
			);
			return null;
		} catch (error) {
			return error;
		}
	}

	return {
		async send(letter) {
			for (const ms of [...PAUSES, null]) {
				const error = await handOver(letter);
				if (error === null) return;
				const isLast = ms === null || isFinal(error);
				log[isLast ? 'error' : 'warn'](forLog(error), 'mail was not sent');
				if (isLast || !(await pause(ms))) return;
			}
		},
		close() {
			closing.abort();
			transport.close();
		}
	};
}
