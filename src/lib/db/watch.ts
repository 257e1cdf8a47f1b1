/** Which rows of a database changed, told by whichever tab or worker wrote them. */
import { Dexie, RangeSet, type IndexableType, type ObservabilitySet } from 'dexie';

/**
 * Calls back after every committed write to a table, in this tab, another one, or the worker.
 * @param key only writes that may have touched this primary key; null: any
 */
export function watchTable(
	database: string,
	table: string,
	key: IndexableType | null,
	changed: () => void
): () => void {
	const part = `idb://${database}/${table}/`;
	const heard = (parts: ObservabilitySet) => {
		const keys = parts[part];
		// "all" comes when the database was deleted or Dexie lost track.
		if (!keys && !('all' in parts)) return;
		if (keys && key !== null && !new RangeSet().add(keys).hasKey(key)) return;
		changed();
	};
	Dexie.on('storagemutated', heard);
	return () => Dexie.on.storagemutated.unsubscribe(heard);
}
