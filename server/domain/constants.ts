/** Values that the domain and those who ask it share. */

/** Name of the room that is there from the first start and that every new account is in (decision 8). */
export const FIRST_ROOM = 'general';

/** ms after which a device asks again when the server failed, was too slow, or is closing. */
export const RETRY_AFTER_ERROR = 2_000;

/** Characters of all preferences of one person: a few thousand rooms with a level of their own. */
export const PREFS_MAX = 256 * 1024;
/** Characters that a preference counts as at least, so that there are no more than 6,554 of one person. */
export const PREF_SIZE_MIN = 40;
