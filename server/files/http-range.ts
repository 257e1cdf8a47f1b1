/** What HTTP says about handing a file out. */
import type { ByteRange } from './file-ports.ts';

/** The one range of a request; null: the whole; "none": it lies outside (RFC 9110, section 14). */
export function rangeOf(header: string | undefined, size: number): ByteRange | null | 'none' {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
	if (!match || (match[1] === '' && match[2] === '')) return null;
	const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
	const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
	return start > end || start >= size ? 'none' : { start, end };
}

/** What a browser calls a file that it saves (RFC 6266, RFC 8187). */
export function contentDisposition(name: string): string {
	const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
	const coded = encodeURIComponent(name).replace(
		/['()*]/g,
		(letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
	);
	return `attachment; filename="${plain}"; filename*=UTF-8''${coded}`;
}
