/**
 * The one form in which things are hashed and signed: JSON of one array whose first element names what it
 * is. Only texts, safe integers, null and arrays of these go in, so that every engine writes the same bytes.
 */
import { forged } from './forged.ts';

export type Field = string | number | null | readonly Field[];

/** Arrays within arrays that anything here has at most, the outermost one counted. */
const DEPTH = 4;

/** Whether a value has exactly one form; half of a surrogate pair has none as UTF-8. */
function isField(value: unknown, depth: number): value is Field {
	if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
	if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0);
	if (value === null) return true;
	return Array.isArray(value) && depth > 0 && value.every((one) => isField(one, depth - 1));
}

/**
 * @param label what it is; each is used for one thing only
 * @throws Forged when a field has no single form
 */
export function canon(label: string, ...fields: readonly Field[]): string {
	const all = [label, ...fields];
	if (!isField(all, DEPTH)) forged('a field that has no single form');
	return JSON.stringify(all);
}

/**
 * Reads what `canon` wrote, the label first.
 * @returns null when the text is not exactly what `canon` would have written
 */
export function readCanon(text: string): Field[] | null {
	let parsed: unknown;
	try {
		parsed = JSON.parse(text);
	} catch {
		return null;
	}
	if (!Array.isArray(parsed) || typeof parsed[0] !== 'string' || !isField(parsed, DEPTH))
		return null;
	return JSON.stringify(parsed) === text ? parsed : null;
}
