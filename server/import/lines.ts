/** Texts of others, read with bounds and checked. */
import * as v from 'valibot';
import { ImportError } from './import-error.ts';

/** Bytes of one line: a message of the longest text with as many reactions as there may be has half of it. */
const LINE_MAX = 4 << 20;
const NEWLINE = 0x0a;

/** A line, its number from 1, where it begins and how long it is (bytes). */
interface Line {
	text: string;
	number: number;
	offset: number;
	length: number;
}

/** The lines of a text that are not empty. @param place what they are of, for messages */
export async function* linesOf(
	chunks: AsyncIterable<Uint8Array>,
	place: string
): AsyncGenerator<Line> {
	let [held, number, offset] = [Buffer.alloc(0), 0, 0];
	for await (const chunk of chunks) {
		held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
		let from = 0;
		for (let end = held.indexOf(NEWLINE); end >= 0; end = held.indexOf(NEWLINE, from)) {
			number++;
			checkLength(end - from, place, number);
			const text = held.toString('utf8', from, end);
			if (text.trim() !== '') yield { text, number, offset: offset + from, length: end - from };
			from = end + 1;
		}
		held = held.subarray(from);
		offset += from;
		checkLength(held.length, place, number + 1);
	}
	const text = held.toString('utf8');
	if (text.trim() !== '') yield { text, number: number + 1, offset, length: held.length };
}

function checkLength(length: number, place: string, number: number): void {
	if (length <= LINE_MAX) return;
	throw new ImportError(`${place}, line ${number}`, `longer than ${LINE_MAX} bytes`);
}

/** Reads JSON. @throws ImportError that says where it breaks off */
export function parseJson(text: string, place: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch (cause) {
		throw new ImportError(place, `not JSON (${(cause as Error).message})`, cause);
	}
}

/** What a value is by a schema. @throws ImportError that names the field */
export function checked<S extends v.GenericSchema>(
	schema: S,
	value: unknown,
	place: string
): v.InferOutput<S> {
	const result = v.safeParse(schema, value);
	if (result.success) return result.output;
	const [issue] = result.issues;
	const field = v.getDotPath(issue);
	throw new ImportError(place, `${field === null ? '' : `"${field}": `}${issue.message}`);
}
