/**
 * What happened to the connection on this device, and the last errors: bounded, for the page that explains. An error of
 * our own is kept with its words, any other by its name only: it may quote what somebody wrote, or an address.
 */
import type { PersonId } from '../protocol/ids.ts';
import { LinkError, StoreError } from '../sync/ports.ts';
import { keep, readKept } from './account-storage.ts';

/** Notes of each kind that are kept. */
const NOTES_MAX = 40;

/** When it was (ms, device time), and what. */
export type SyncNote = [at: number, what: string];
/** States of the connection; errors. */
type NoteKind = 'links' | 'errors';

/** The notes of one kind, the oldest first. What somebody else wrote there is passed over. */
export function syncNotes(account: PersonId, kind: NoteKind): SyncNote[] {
	return (readKept(account, kind) ?? '').split('\n').flatMap((line): SyncNote[] => {
		const [, at, what] = /^(\d{1,15}) (.{1,100})$/u.exec(line) ?? [];
		return at && what ? [[Number(at), what]] : [];
	});
}

/** Notes something; what was the last one already is not noted twice. */
export function addSyncNote(account: PersonId, kind: NoteKind, what: string): void {
	const notes = syncNotes(account, kind);
	if (kind === 'links' && notes.at(-1)?.[1] === what) return;
	const next = [...notes, [Date.now(), what]].slice(-NOTES_MAX);
	keep(account, kind, next.map((note) => note.join(' ')).join('\n'));
}

/** Notes an unexpected error. */
export function noteError(account: PersonId, error: unknown): void {
	const isOurs = error instanceof StoreError || error instanceof LinkError;
	addSyncNote(
		account,
		'errors',
		isOurs ? error.message : error instanceof Error ? error.name : 'error'
	);
}
