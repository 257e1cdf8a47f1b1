/** What an export is called, how it gets where the person wants it, and what may have gone wrong. */
import { m } from '../../i18n/messages.ts';
import { faultText } from '../../i18n/refusals.ts';
import { LinkError } from '../../sync/ports.ts';

/** ms after which the browser has surely begun to take the file. */
const TAKEN_AFTER = 60_000;

/** As much of the browser's dialog for saving as is used, where there is one. */
type Picker = (options: {
	suggestedName: string;
}) => Promise<{ createWritable(): Promise<WritableStream<Uint8Array>> }>;

/** @param room the conversation; null for everything; @param made ms */
export function exportName(room: string | null, made: number): string {
	const day = new Date(made).toISOString().slice(0, 10);
	const name = room
		?.replace(/[^\p{L}\p{N} _-]/gu, '')
		.trim()
		.slice(0, 40);
	return `${['roost', name, day].filter((part) => part).join('-')}.zip`;
}

/**
 * Saves a file that lies on the disk, without taking it into memory: to where the person says, or to the downloads.
 * @returns whether it was saved, or the person did not want it
 */
export async function saveExport(file: File, name: string): Promise<boolean> {
	const { showSaveFilePicker } = globalThis as { showSaveFilePicker?: Picker };
	if (!showSaveFilePicker) {
		const url = URL.createObjectURL(file);
		Object.assign(document.createElement('a'), { href: url, download: name }).click();
		setTimeout(() => URL.revokeObjectURL(url), TAKEN_AFTER);
		return true;
	}
	try {
		const target = await showSaveFilePicker.call(globalThis, { suggestedName: name });
		await file.stream().pipeTo(await target.createWritable());
		return true;
	} catch (error) {
		if (!(error instanceof DOMException)) throw error;
		return error.name === 'AbortError';
	}
}

/** Why an export did not come to its end, in words; what is no such reason is thrown on. */
export function problemOf(error: unknown): string {
	if (error instanceof LinkError)
		return error.fault.kind === 'refused' ? faultText(error.fault) : m.export_unreachable();
	if (error instanceof TypeError) return m.export_unreachable();
	if (error instanceof DOMException) {
		if (error.name === 'QuotaExceededError') return m.export_no_room();
		if (error.name === 'NoModificationAllowedError') return m.export_elsewhere();
		return m.export_impossible();
	}
	throw error;
}
