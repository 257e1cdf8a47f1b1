/** Names of files as others see them. */
import { graphemes } from '../../src/lib/protocol/graphemes.ts';
import { codePoints, LIMITS } from '../../src/lib/protocol/limits.ts';
import { isVisible } from '../../src/lib/protocol/visible-name.ts';

/** Controls, line ends, and marks that nobody sees; joiners and tags, of which emoji are made, stay. */
const UNSEEN = /[\p{Cc}\u2028\u2029]|(?!\u200c|\u200d|[\u{e0020}-\u{e007f}])\p{Cf}/gu;
/** What programs are chosen by; two of them for an archive ("tar.gz"). */
const EXTENSION = /(?:\.tar)?\.[\p{L}\p{N}]{1,16}$/u;

/** As many whole characters from the beginning as fit into so many code points. */
function cut(text: string, max: number): string {
	let kept = '';
	let left = max;
	for (const part of graphemes(text)) {
		left -= codePoints(part);
		if (left < 0) break;
		kept += part;
	}
	return kept;
}

/** What a file was called, without folders, controls and marks that turn text around; cut before its extension. */
export function tidyFileName(name: string): string {
	const last = name.split(/[/\\]/).at(-1)!;
	const clean = last.toWellFormed().normalize('NFC').replace(UNSEEN, '').trim();
	if (!isVisible(clean)) return 'file';
	const extension = EXTENSION.exec(clean)?.[0] ?? '';
	const stem = clean.slice(0, clean.length - extension.length);
	return cut(stem, LIMITS.fileNameMax - codePoints(extension)) + extension;
}
