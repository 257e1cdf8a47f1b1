/**
 * A message that hands over a file. The domain keeps texts, so it is a text that the app shows as a
 * link, with what was said along under it; for the clients of this API it is a card (compat-api, section 2).
 */
import type { Upload } from './ports.ts';

/** What a file card says. */
export interface FileCard {
	/** a path under /uploads/ */
	url: string;
	/** what the file was called */
	name: string;
	/** bytes */
	size: number;
	/** the text sent along */
	description: string;
}

const BODY = /^\[([^\n]*)\]\((\/uploads\/([a-z]+)\/([\w.-]+))\)(?:\n\n([\s\S]*))?$/;
const URL_PATH = /^\/uploads\/([a-z]+)\/([\w.-]+)$/;

export const urlOf = ({ kind, name }: Pick<Upload, 'kind' | 'name'>): string =>
	`/uploads/${kind}/${name}`;

/** The text that stands for a file in the domain. */
export function bodyOf(upload: Upload, description: string): string {
	// Brackets would end the link early; what the file is really called is kept with the file.
	const label = upload.original.replace(/[[\]\\\n\r]/g, '_');
	const link = `[${label}](${urlOf(upload)})`;
	return description === '' ? link : `${link}\n\n${description}`;
}

/** The card that a text stands for; null when it is an ordinary text. */
export function fileOf(
	body: string,
	find: (kind: string, name: string) => Upload | null
): { card: FileCard; type: 'image' | 'file' } | null {
	if (!body.startsWith('[')) return null;
	const match = BODY.exec(body);
	const upload = match && find(match[3]!, match[4]!);
	if (!match || !upload) return null;
	return {
		card: {
			url: match[2]!,
			name: upload.original,
			size: upload.size,
			description: match[5] ?? ''
		},
		type: upload.kind === 'images' ? 'image' : 'file'
	};
}

/**
 * The upload that a client names by its URL: a path, or an address whose host is left out of account,
 * because some clients put the server's in front.
 */
export function uploadAt(
	url: string,
	find: (kind: string, name: string) => Upload | null
): Upload | null {
	const path = URL.canParse(url) ? new URL(url).pathname : url;
	const match = URL_PATH.exec(path);
	return match ? find(match[1]!, match[2]!) : null;
}
