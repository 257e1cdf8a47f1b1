/** The smallest parts of what travels. */
import * as v from 'valibot';
import { UUID7, UUID7_OR_8 } from './ids.ts';

export const uid7 = v.pipe(v.string(), v.regex(UUID7));
/** Of a person, a message, a room or a direct conversation. */
export const uid = v.pipe(v.string(), v.regex(UUID7_OR_8));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** Milliseconds since the epoch, as an integer. */
export const millis = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8.64e15));
