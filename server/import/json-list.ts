/** Reads a JSON object with one very long list in it: the list comes item by item, so that memory is bounded by one of them. */
import { StringDecoder } from 'node:string_decoder';
import { ImportError } from './import-error.ts';

/** Characters of one item, and of all that stands before the list. */
const PART_MAX = 4 << 20;
/** How deep the list lies: in the object. */
const LIST_DEPTH = 2;

/** What stands before the list, as JSON of an object in which the list is empty; then its items, as JSON. */
export async function* itemsOf(
	chunks: AsyncIterable<Uint8Array>,
	list: string,
	place: string
): AsyncGenerator<string> {
	const decoder = new StringDecoder('utf8');
	const scanner = new Scanner(list, place);
	for await (const chunk of chunks) {
		yield* scanner.take(decoder.write(Buffer.from(chunk)));
		if (scanner.isDone) return;
	}
	throw new ImportError(place, `it ends before the list "${list}" does`);
}

class Scanner {
	/** the list was closed: what comes after it is not looked at */
	isDone = false;
	readonly #begin: RegExp;
	readonly #list: string;
	readonly #place: string;
	#depth = 0;
	#isInText = false;
	#isEscaped = false;
	#isInList = false;
	#part = '';

	constructor(list: string, place: string) {
		this.#list = list;
		this.#place = place;
		this.#begin = new RegExp(`"${list}"\\s*:\\s*\\[$`);
	}

	*take(text: string): Generator<string> {
		let from = 0;
		for (let at = 0; at < text.length && !this.isDone; at++) {
			const part = this.#step(text[at]!, () => this.#part + text.slice(from, at + 1));
			if (part === undefined) continue;
			this.#part = '';
			from = at + 1;
			if (part !== '') yield part;
		}
		this.#part += text.slice(from);
		if (this.#part.length > PART_MAX) {
			throw new ImportError(this.#place, `more than ${PART_MAX} characters in one piece`);
		}
	}

	/** Looks at one sign; answers what is whole with it, or undefined. @param held all since the last piece */
	#step(sign: string, held: () => string): string | undefined {
		if (this.#isInText) {
			this.#inText(sign);
			return undefined;
		}
		if (sign === '"') this.#isInText = true;
		else if (sign === '[' || sign === '{') return this.#opened(sign, held);
		else if (sign === ']' || sign === '}') return this.#closed(held);
		// Between two items.
		else if (sign === ',' && this.#isInList && this.#depth === LIST_DEPTH) return '';
		return undefined;
	}

	#inText(sign: string): void {
		if (this.#isEscaped) this.#isEscaped = false;
		else if (sign === '\\') this.#isEscaped = true;
		else if (sign === '"') this.#isInText = false;
	}

	#opened(sign: string, held: () => string): string | undefined {
		this.#depth++;
		if (sign !== '[' || this.#depth !== LIST_DEPTH || this.#isInList) return undefined;
		const head = held();
		if (!this.#begin.test(head)) return undefined;
		this.#isInList = true;
		return `${head}]}`;
	}

	#closed(held: () => string): string | undefined {
		this.#depth--;
		if (this.#depth < 0) throw new ImportError(this.#place, 'not JSON');
		if (!this.#isInList) {
			if (this.#depth > 0) return undefined;
			throw new ImportError(this.#place, `there is no list "${this.#list}" in it`);
		}
		if (this.#depth === LIST_DEPTH) return held().trim();
		this.isDone = this.#depth < LIST_DEPTH;
		return undefined;
	}
}
