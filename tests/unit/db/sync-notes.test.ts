/** Notes about the connection and errors: bounded, and without anybody's words. */
import { beforeEach, expect, it, vi } from 'vitest';
import { addSyncNote, noteError, syncNotes } from '../../../src/lib/db/sync-notes.ts';
import { StoreError } from '../../../src/lib/sync/ports.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';

beforeEach(() => vi.stubGlobal('localStorage', new MemoryStorage()));

it('keeps the last states, each once in a row', () => {
	for (let n = 0; n < 60; n++) addSyncNote('me', 'links', n % 2 ? 'live' : 'offline');
	addSyncNote('me', 'links', 'live');
	const notes = syncNotes('me', 'links');
	expect(notes).toHaveLength(40);
	expect(notes.at(-1)![1]).toBe('live');
	expect(notes.at(-2)![1]).toBe('offline');
	expect(syncNotes('you', 'links')).toEqual([]);
});

it('keeps of an error that is not ours its name only', () => {
	noteError('me', new StoreError('full'));
	noteError('me', new TypeError('Failed to fetch https://secret.example/of/somebody'));
	expect(syncNotes('me', 'errors').map(([, what]) => what)).toEqual([
		'local store: full',
		'TypeError'
	]);
});

it('passes over what somebody else wrote', () => {
	localStorage.setItem('roost:account:me:links', 'nonsense\n12 live\nx y');
	expect(syncNotes('me', 'links')).toEqual([[12, 'live']]);
});
