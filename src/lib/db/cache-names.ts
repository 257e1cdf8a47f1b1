/** Caches of the browser that hold what belongs to an account: the worker fills them, signing out deletes them. */

/** Files of messages that were looked at. */
export const FILE_CACHE = 'roost-files';
/** Profile pictures of the people whom the account knows. */
export const PICTURE_CACHE = 'roost-pictures';

/** Leaves nothing of them behind; what the next account needs is fetched anew. */
export async function deleteMediaCaches(): Promise<void> {
	for (const name of [FILE_CACHE, PICTURE_CACHE]) await globalThis.caches?.delete(name);
}
