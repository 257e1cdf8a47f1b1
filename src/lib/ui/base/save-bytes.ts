/** ms after which the browser has surely taken the bytes over. */
const TAKEN_AFTER = 60_000;

/** Has the browser save bytes under a name. */
export function saveBytes(bytes: Blob, name: string): void {
	const url = URL.createObjectURL(bytes);
	const link = Object.assign(document.createElement('a'), { href: url, download: name });
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), TAKEN_AFTER);
}
