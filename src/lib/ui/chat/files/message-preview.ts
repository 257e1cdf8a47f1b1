/** A message in one line, also when it is files and no words. */
import { m } from '../../../i18n/messages.ts';
import { plainLine } from '../../../markup/plain-text.ts';
import type { FileBrief } from '../../../state/client/client-types.ts';

/** What files are called where there is no room to show them; empty: there are none. */
export function filesSaid(files: readonly FileBrief[]): string {
	const [first] = files;
	if (!first) return '';
	const areImages = files.every(({ kind }) => kind === 'image');
	if (files.length === 1) return areImages ? m.said_photo() : m.said_file({ name: first.name });
	const count = files.length;
	return areImages ? m.said_photos({ count }) : m.said_files({ count });
}

/** UTF-16 units; more never fits into the two lines there are. */
const LINE_MAX = 240;

/** The beginning of the text in one line, else what the files are called. */
export function previewText(body: string, files: readonly FileBrief[]): string {
	return plainLine(body, LINE_MAX) || filesSaid(files);
}
