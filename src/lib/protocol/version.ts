/**
 * The version of what travels between a device and the server.
 *
 * History
 * 1  first: streams, cursor pages, jumps, amends, history, acts, frames, digest.
 */
export const PROTOCOL_VERSION = 1;

/** The oldest version the server still speaks; an older device is told to update (promise 15). */
export const OLDEST_PROTOCOL_VERSION = 1;
