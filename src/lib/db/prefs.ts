/** Choices that hold on all devices of a person, with those laid over them that wait in the outbox. */
import type { PrefRow } from '../protocol/change.ts';
import type { OutboxRow } from '../sync/ports.ts';
import { liveValue, type Live } from './live.ts';
import type { WindowParts } from './timeline-window.ts';

/** JSON by key; a key that is not there was not chosen. */
export type Prefs = ReadonlyMap<string, string>;

/** What is chosen. Pure. @param unsent ascending n */
export function prefsOf(rows: readonly PrefRow[], unsent: readonly OutboxRow[]): Prefs {
	const prefs = new Map(rows.map(({ id, value }) => [id, value]));
	for (const { act, state } of unsent) {
		if (act.kind === 'pref.set' && state === 'queued') prefs.set(act.key, act.value);
	}
	for (const [key, value] of prefs) if (value === '') prefs.delete(key);
	return prefs;
}

type Parts = Pick<WindowParts, 'cache' | 'outbox' | 'me' | 'onError'>;

/** Reads what is chosen now. */
export async function readPrefs({
	cache,
	outbox
}: Pick<Parts, 'cache' | 'outbox'>): Promise<Prefs> {
	// The outbox first: what has left it since is in the cache already (rule O5).
	const unsent = await outbox.all();
	return prefsOf(await cache.own('pref'), unsent);
}

/** Follows what is chosen. */
export function watchPrefs({ cache, outbox, me, onError }: Parts): Live<Prefs> {
	return liveValue(
		() => readPrefs({ cache, outbox }),
		[(changed) => cache.watch(me, changed), (changed) => outbox.watch(changed)],
		onError
	);
}
