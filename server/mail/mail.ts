/** Mail as this server sends it: letters in its own name. */
import type { PasswordLetter } from '../auth/password-mail.ts';
import type { ServerSettingsStore } from '../domain/admin-port.ts';
import type { Clock } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { passwordLetters } from './letters.ts';
import { createMailer } from './mailer.ts';

/** What a server without a name of its own is called. */
const UNNAMED = 'Roost';

interface MailOptions {
	config: { mail: { url: string; from: string } | null };
	clock: Pick<Clock, 'after'>;
	log: Log;
	settings: Pick<ServerSettingsStore, 'profile'>;
}

interface Mail {
	/** Sends somebody a link for a new password; resolves when it was handed over, or given up, which is logged. */
	post(letter: PasswordLetter): Promise<void>;
	close(): void;
}

/** @returns null where no mail is configured */
export function createMail({ config, clock, log, settings }: MailOptions): Mail | null {
	if (!config.mail) return null;
	const mailer = createMailer({ ...config.mail, clock, log });
	const write = passwordLetters();
	return {
		async post(letter) {
			const { name } = await settings.profile();
			await mailer.send(write(letter, name || UNNAMED));
		},
		close: () => mailer.close()
	};
}
