/**
 * The version of what travels between a device and the server.
 *
 * History
 * 1  first: streams, cursor pages, history, acts, frames, and a way to ask for heads.
 * 2  people: contacts, drafts, preferences, invites and the own card in the feed; seen rows; system
 *    messages; reactions, mentions, pins, forwards. A device of version 1 would take a direct
 *    conversation for a room without a name and count system messages wrongly.
 * 3  plain names, before any release: the requests "digest" and "amend" are "heads" and "refresh"
 *    (its part "side" is "nonMessageRows"), the answer "jump" is "skipToNewest", the event "farewell"
 *    is "disconnectReason", a refusal's "cure" is its "action", the stream "lobby" with rows "listing"
 *    is "directory", the row "place" is "roomMembership", the preference "wordless" is "hidePreview", the event "look"
 *    is "watch".
 *    Nothing means anything else than before.
 *
 * Within 3, for those who know of it: the act "message.report", "announcement" of a directory row, an invite in the body of
 * registering; calls: the requests "call" and "signal", `call` of a system message and of a push; the request "compare". An older device does without
 * (a call is a system message that tells nothing, missed ones are counted by the server); an older server answers the act "malformed".
 */
export const PROTOCOL_VERSION = 3;

/** The oldest version the server still speaks; an older device is told to update (promise 15). */
export const OLDEST_PROTOCOL_VERSION = 3;
