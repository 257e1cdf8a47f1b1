/**
 * Writes a zip file as a stream, without compressing: what is large in a conversation is compressed already. Bytes go out
 * as they come, so that memory is bounded by one piece; beyond 4 GB or 65,535 entries in the form ZIP64 (APPNOTE 6.3.x
 * of PKWARE, sections 4.3 to 4.5). Sizes follow an entry's bytes, as they are not known before.
 */
import { crc32 } from './crc32.ts';

/** An entry that is complete, as the directory at the end has it. */
export interface ZipEntry {
	name: string;
	/** bytes */
	size: number;
	crc: number;
	/** where it begins in the file */
	offset: number;
	/** ms */
	at: number;
	/** its sizes were written in the form ZIP64 */
	large: boolean;
}

/** How far a zip file is: what is needed to go on with it. */
export interface ZipState {
	offset: number;
	entries: ZipEntry[];
}

const U32 = 0xffff_ffff;
const U16 = 0xffff;
const SIGNATURES = {
	local: 0x0403_4b50,
	descriptor: 0x0807_4b50,
	central: 0x0201_4b50,
	end64: 0x0606_4b50,
	locator64: 0x0706_4b50,
	end: 0x0605_4b50
} as const;
/** Sizes follow the bytes (bit 3); names are UTF-8 (bit 11). */
const FLAGS = 0x0808;
const VERSION = 20;
const VERSION_64 = 45;
/** The years that its times can say. */
const [YEAR_MIN, YEAR_MAX] = [1980, 2107];

/** A list of [bytes, value] as little-endian numbers. */
function packed(fields: readonly (readonly [1 | 2 | 4 | 8, number])[]): Uint8Array {
	const size = fields.reduce((sum, [width]) => sum + width, 0);
	const view = new DataView(new ArrayBuffer(size));
	let at = 0;
	for (const [width, value] of fields) {
		if (width === 8) view.setBigUint64(at, BigInt(value), true);
		else if (width === 4) view.setUint32(at, value, true);
		else if (width === 2) view.setUint16(at, value, true);
		else view.setUint8(at, value);
		at += width;
	}
	return new Uint8Array(view.buffer);
}

/** Time and date as MS-DOS wrote them, in UTC so that the same export is the same everywhere. */
function dosTime(at: number): [time: number, date: number] {
	const when = new Date(at);
	const year = Math.min(YEAR_MAX, Math.max(YEAR_MIN, when.getUTCFullYear()));
	const time =
		(when.getUTCHours() << 11) | (when.getUTCMinutes() << 5) | (when.getUTCSeconds() >> 1);
	return [time, ((year - YEAR_MIN) << 9) | ((when.getUTCMonth() + 1) << 5) | when.getUTCDate()];
}

const utf8 = new TextEncoder();

function localHeader({ name, at, large }: Pick<ZipEntry, 'name' | 'at' | 'large'>): Uint8Array[] {
	const bytes = utf8.encode(name);
	const [time, date] = dosTime(at);
	const extra = large
		? packed([
				[2, 1],
				[2, 16],
				[8, 0],
				[8, 0]
			])
		: new Uint8Array();
	const size = large ? U32 : 0;
	const head = packed([
		[4, SIGNATURES.local],
		[2, large ? VERSION_64 : VERSION],
		[2, FLAGS],
		[2, 0],
		[2, time],
		[2, date],
		[4, 0],
		[4, size],
		[4, size],
		[2, bytes.length],
		[2, extra.length]
	]);
	return [head, bytes, extra];
}

function centralHeader({ name, size, crc, offset, at, large }: ZipEntry): Uint8Array[] {
	const bytes = utf8.encode(name);
	const [time, date] = dosTime(at);
	const isLarge = large || size >= U32 || offset >= U32;
	const extra = isLarge
		? packed([
				[2, 1],
				[2, 24],
				[8, size],
				[8, size],
				[8, offset]
			])
		: new Uint8Array();
	const head = packed([
		[4, SIGNATURES.central],
		[2, isLarge ? VERSION_64 : VERSION],
		[2, isLarge ? VERSION_64 : VERSION],
		[2, FLAGS],
		[2, 0],
		[2, time],
		[2, date],
		[4, crc],
		[4, isLarge ? U32 : size],
		[4, isLarge ? U32 : size],
		[2, bytes.length],
		[2, extra.length],
		[2, 0],
		[2, 0],
		[2, 0],
		[4, 0],
		[4, isLarge ? U32 : offset]
	]);
	return [head, bytes, extra];
}

/** What ends the file. @param start where the directory begins; @param end where it ends */
function ending(count: number, start: number, end: number): Uint8Array[] {
	const isLarge = count >= U16 || start >= U32 || end - start >= U32;
	const end64 = packed([
		[4, SIGNATURES.end64],
		[8, 44],
		[2, VERSION_64],
		[2, VERSION_64],
		[4, 0],
		[4, 0],
		[8, count],
		[8, count],
		[8, end - start],
		[8, start]
	]);
	const locator = packed([
		[4, SIGNATURES.locator64],
		[4, 0],
		[8, end],
		[4, 1]
	]);
	const last = packed([
		[4, SIGNATURES.end],
		[2, 0],
		[2, 0],
		[2, isLarge ? U16 : count],
		[2, isLarge ? U16 : count],
		[4, isLarge ? U32 : end - start],
		[4, isLarge ? U32 : start],
		[2, 0]
	]);
	return isLarge ? [end64, locator, last] : [last];
}

/** Directory entries that are written at once. */
const BATCH = 500;

function joined(parts: readonly Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** Writes one zip file, entry after entry. */
export class ZipWriter {
	private readonly out: (bytes: Uint8Array) => Promise<void>;
	private readonly entries: ZipEntry[];
	private offset: number;

	/**
	 * @param out takes the bytes in their order; resolves when it can take more
	 * @param state goes on with a file that ends there
	 */
	constructor(
		out: (bytes: Uint8Array) => Promise<void>,
		state: ZipState = { offset: 0, entries: [] }
	) {
		this.out = out;
		this.offset = state.offset;
		this.entries = [...state.entries];
	}

	/** Bytes written so far; between two entries the file can be cut there. */
	get position(): number {
		return this.offset;
	}

	/** Adds an entry; answers it. @param at ms */
	async add(name: string, content: string | Uint8Array, at: number): Promise<ZipEntry> {
		const bytes = typeof content === 'string' ? utf8.encode(content) : content;
		return this.stream(name, [bytes], at, bytes.length);
	}

	/**
	 * Adds an entry of pieces that come one after the other. When they break off, the file has to be cut at the position
	 * that it had before.
	 * @param expected bytes, roughly: from 4 GB on sizes are written in the form ZIP64
	 */
	async stream(
		name: string,
		pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
		at: number,
		expected: number
	): Promise<ZipEntry> {
		const offset = this.offset;
		const large = expected >= U32 / 2;
		await this.write(joined(localHeader({ name, at, large })));
		let [size, crc] = [0, 0];
		for await (const piece of pieces) {
			await this.write(piece);
			size += piece.length;
			crc = crc32(piece, crc);
		}
		if (!large && size >= U32) throw new RangeError(`larger than it was said to be: ${name}`);
		const width = large ? 8 : 4;
		await this.write(
			packed([
				[4, SIGNATURES.descriptor],
				[4, crc],
				[width, size],
				[width, size]
			])
		);
		const entry = { name, size, crc, offset, at, large };
		this.entries.push(entry);
		return entry;
	}

	/** Writes the directory: the file is complete. */
	async finish(): Promise<void> {
		const start = this.offset;
		for (let at = 0; at < this.entries.length; at += BATCH) {
			await this.write(joined(this.entries.slice(at, at + BATCH).flatMap(centralHeader)));
		}
		await this.write(joined(ending(this.entries.length, start, this.offset)));
	}

	private async write(bytes: Uint8Array): Promise<void> {
		await this.out(bytes);
		this.offset += bytes.length;
	}
}
