/** Which rows of a stream an amend is about. */
export const AMEND_SIDE = 'side';
/** The messages of a range of seqs, or everything that is not a message. */
export type AmendPart = typeof AMEND_SIDE | { from: number; to: number };
