/**
 * The version of what travels between a device and the server.
 *
 * History
 * 1  first: streams, cursor pages, jumps, amends, history, acts, frames, digest.
 * 2  people: contacts, drafts, preferences, invites and the own card in the feed; seen rows; system
 *    messages; reactions, mentions, pins, forwards. A device of version 1 would take a direct
 *    conversation for a room without a name and count system messages wrongly.
 */
export const PROTOCOL_VERSION = 2;

/** The oldest version the server still speaks; an older device is told to update (promise 15). */
export const OLDEST_PROTOCOL_VERSION = 2;
