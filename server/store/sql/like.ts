/** Texts in patterns of LIKE, with the backslash as ESCAPE. */

/** A text with nothing in it that means something there. */
export const literally = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

/** A pattern for texts that have this part. */
export const having = (part: string): string => `%${literally(part)}%`;
