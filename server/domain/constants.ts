/** Values that the domain and those who ask it share. */

/** Name of the room that is there from the first start and that every new account is in (decision 8). */
export const FIRST_ROOM = 'general';

/** ms after which a device asks again when the server failed, was too slow, or is closing. */
export const RETRY_AFTER_ERROR = 2_000;

/** Characters of all preferences of one person: a few thousand rooms with a level of their own. */
export const PREFS_MAX = 256 * 1024;
/** Characters that a preference counts as at least, so that there are no more than 6,554 of one person. */
export const PREF_SIZE_MIN = 40;

/** Earlier texts that are kept of a message. */
export const REVISIONS_KEPT = 20;

/** Reports of one person that wait for a decision at most, and ms after which it makes sense to try another. */
export const REPORTS_OPEN = 100;
export const REPORTS_OPEN_AFTER = 3_600_000;
