/**
 * What of something that was shared into the app is kept, and in what form: its words as one text, its
 * files as far as they can be sent. Pure, but for the file that a long text becomes.
 */
import type { PersonId, RoomId } from '../protocol/ids.ts';
import { codePoints, LIMITS } from '../protocol/limits.ts';

/** A file of a share, kept on this device. */
export interface SharedFile {
	id: string;
	name: string;
	type: string;
	/** bytes */
	size: number;
}

/** A file that was not kept, and why. */
export interface LeftOut {
	name: string;
	reason: 'too-large' | 'empty' | 'too-many';
}

/** Something that was shared into the app, or opened with it, until it is said or thrown away. */
export interface Share {
	id: string;
	/** device time in ms when it came */
	at: number;
	/** whose device it was then; null: nobody's, so it is for whoever signs in next */
	account: PersonId | null;
	/** where it is to be said; null: not chosen yet */
	room: RoomId | null;
	text: string;
	files: SharedFile[];
	left: LeftOut[];
}

/** What another app hands over (https://w3c.github.io/web-share-target/). */
export interface Handed {
	title?: string | undefined;
	text?: string | undefined;
	url?: string | undefined;
	files: readonly File[];
}

/** What of it is kept. */
export interface Intake {
	text: string;
	files: File[];
	left: LeftOut[];
}

/** A form's newlines are CR LF on the wire, whatever they were before. */
const clean = (text = ''): string => text.replaceAll('\r\n', '\n').trim();

/**
 * The words of a share as one text: title, text and address on lines of their own, nothing twice. Many
 * systems repeat the address inside the text, and call a file by its name once more.
 */
export function sharedText({ title, text, url, files }: Handed): string {
	const parts: string[] = [];
	for (const part of [clean(text), clean(url)]) {
		if (part !== '' && !parts.some((one) => one.includes(part))) parts.push(part);
	}
	const name = clean(title);
	const isSaid = parts.some((one) => one.includes(name));
	if (name !== '' && !isSaid && !files.some((file) => file.name.startsWith(name))) {
		parts.unshift(name);
	}
	return parts.join('\n');
}

function reasonAgainst(file: File): LeftOut['reason'] | null {
	if (file.size === 0) return 'empty';
	return file.size > LIMITS.fileBytes ? 'too-large' : null;
}

/** Sorts out what can be sent. A text that is too long for a message becomes a file, so that none of it is lost. */
export function takeIn(handed: Handed): Intake {
	const words = sharedText(handed);
	const isLong = codePoints(words) > LIMITS.messageMax;
	const wrapped = isLong ? [new File([words], 'text.txt', { type: 'text/plain' })] : [];
	const files: File[] = [];
	const left: LeftOut[] = [];
	for (const file of [...wrapped, ...handed.files]) {
		const reason = reasonAgainst(file) ?? (files.length < LIMITS.filesMax ? null : 'too-many');
		if (reason) left.push({ name: file.name, reason });
		else files.push(file);
	}
	return { text: isLong ? '' : words, files, left };
}
