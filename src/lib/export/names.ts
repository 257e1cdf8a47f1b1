/** Names for files and folders that every system takes, and that do nothing but name. */

/** Code points that are kept; a path has to fit into 260 characters on some systems. */
const NAME_MAX = 80;
const EXTENSION_MAX = 12;
/** What some system takes for more than a name, and what changes how the rest is read. */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Devices of Windows. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/iu;

const cut = (text: string, max: number): string => [...text].slice(0, max).join('');

/** A name in a form that can be a file's or a folder's. @param otherwise for one of which nothing is left */
export function safeName(name: string, otherwise: string): string {
	const clean = name.normalize('NFC').replace(FORBIDDEN, '_').trim();
	const dot = clean.lastIndexOf('.');
	const hasExtension = dot > 0 && clean.length - dot - 1 <= EXTENSION_MAX;
	const extension = hasExtension ? clean.slice(dot) : '';
	const stem = cut(hasExtension ? clean.slice(0, dot) : clean, NAME_MAX);
	// A name must neither be hidden nor lead upwards, nor end in what Windows takes away.
	const inner = stem.replace(/^[.\s]+|[.\s]+$/gu, '');
	const whole = inner === '' ? otherwise : RESERVED.test(inner) ? `${inner}_` : inner;
	return whole + extension.replace(/[.\s]+$/u, '');
}

/** The folder of a conversation: its name, and of its id what makes it the only one. */
export const folderOf = (name: string, id: string): string =>
	`${safeName(name, 'conversation')}-${id.slice(-8)}`;

/** The place of a file of a message within the folder of its conversation: unique by the message's place. */
export const pathOfFile = (seq: number, n: number, name: string): string =>
	`files/${seq}${n > 0 ? `.${n + 1}` : ''}-${safeName(name, 'file')}`;
