/** Whole numbers in as few bytes as they need: seven bits a byte, the lowest first. */

export class NumberWriter {
	readonly bytes: number[] = [];

	/** @param value whole, from 0 to 2^53 - 1 */
	count(value: number): void {
		let rest = value;
		while (rest > 127) {
			this.bytes.push((rest % 128) + 128);
			rest = Math.floor(rest / 128);
		}
		this.bytes.push(rest);
	}

	/** A number that may be negative. */
	signed(value: number): void {
		this.count(value < 0 ? -2 * value - 1 : 2 * value);
	}
}

/** Reads what `NumberWriter` wrote; throws RangeError where there is no such thing. */
export class NumberReader {
	at = 0;
	private readonly bytes: Uint8Array;

	constructor(bytes: Uint8Array) {
		this.bytes = bytes;
	}

	count(): number {
		let value = 0;
		for (let place = 1; place < Number.MAX_SAFE_INTEGER; place *= 128) {
			const byte = this.bytes[this.at++];
			if (byte === undefined) break;
			value += (byte % 128) * place;
			if (byte < 128) return value;
		}
		throw new RangeError('a number was expected');
	}

	signed(): number {
		const value = this.count();
		return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
	}

	/** The next bytes. */
	take(count: number): Uint8Array {
		const from = this.at;
		this.at += count;
		if (this.at > this.bytes.length) throw new RangeError('more bytes were expected');
		return this.bytes.subarray(from, this.at);
	}
}
