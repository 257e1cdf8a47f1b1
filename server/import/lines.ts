/** Texts of others, read with bounds and checked. */
import { StringDecoder } from 'node:string_decoder';
import * as v from 'valibot';
import { ImportError } from './import-error.ts';

/** Characters of one line: a message of the longest text with as many reactions as there may be has half of it. */
const LINE_MAX = 4 << 20;

/** A line, and its number from 1. */
export interface Line {
	text: string;
	number: number;
}

/** The lines of a text that are not empty. @param place what they are of, for messages */
export async function* linesOf(
	chunks: AsyncIterable<Uint8Array>,
	place: string
): AsyncGenerator<Line> {
	const decoder = new StringDecoder('utf8');
	let [held, number] = ['', 0];
	for await (const chunk of chunks) {
		const parts = (held + decoder.write(Buffer.from(chunk))).split('\n');
		held = parts.pop()!;
		for (const text of parts) {
			number++;
			checkLength(text, place, number);
			if (text.trim() !== '') yield { text, number };
		}
		checkLength(held, place, number + 1);
	}
	const text = held + decoder.end();
	if (text.trim() !== '') yield { text, number: number + 1 };
}

function checkLength(text: string, place: string, number: number): void {
	if (text.length <= LINE_MAX) return;
	throw new ImportError(`${place}, line ${number}`, `longer than ${LINE_MAX} characters`);
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
