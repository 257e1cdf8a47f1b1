/** Letters in the reader's language. Their words are in messages/, beside those of the app. */
import { readdirSync, readFileSync } from 'node:fs';
import type { PasswordLetter } from '../auth/password-mail.ts';

const MESSAGES = new URL('../../messages/', import.meta.url);
/** The language of whoever asks in one that there are no words for. */
const FALLBACK = 'en';

/** What mail is made of. */
export interface Letter {
	to: string;
	subject: string;
	text: string;
}

type Words = Record<string, string>;

function readWords(): Map<string, Words> {
	const files = readdirSync(MESSAGES).filter((name) => name.endsWith('.json'));
	return new Map(
		files.map((name) => [
			name.slice(0, -'.json'.length),
			JSON.parse(readFileSync(new URL(name, MESSAGES), 'utf8')) as Words
		])
	);
}

/** Puts values in the place of `{name}`. */
const filled = (text: string, values: Record<string, string>): string =>
	text.replace(/\{(\w+)\}/gu, (whole, key: string) => values[key] ?? whole);

/**
 * Reads the words once.
 * @returns writes the letter with a link for a new password; `server` is what the server is called
 */
export function passwordLetters(): (letter: PasswordLetter, server: string) => Letter {
	const languages = readWords();
	return ({ to, name, link, language }, server) => {
		const words = languages.get(language) ?? languages.get(FALLBACK)!;
		const values = { name, server, link };
		const written = (key: string) => filled(words[key]!, values);
		return { to, subject: written('mail_password_subject'), text: written('mail_password_text') };
	};
}
