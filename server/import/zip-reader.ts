/**
 * Reads .zip files of others: entries that are stored or deflated, also in the form ZIP64 (APPNOTE 6.3.x of PKWARE,
 * sections 4.3 to 4.5). Entries are found by the directory at the end, and never become paths on this machine.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { PassThrough, Readable, Transform } from 'node:stream';
import { ImportError } from './import-error.ts';
import type { SourceFile } from './source.ts';

export interface ZipEntry {
	name: string;
	/** bytes, as they are taken out, and in the file */
	size: number;
	packed: number;
	crc: number;
	/** 0: stored, 8: deflated */
	method: number;
	/** where its header begins */
	offset: number;
}

const SIGNATURES = {
	local: 0x0403_4b50,
	central: 0x0201_4b50,
	end64: 0x0606_4b50,
	locator64: 0x0706_4b50,
	end: 0x0605_4b50
} as const;
const U16 = 0xffff;
const U32 = 0xffff_ffff;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
/** A comment behind the directory is no longer. */
const COMMENT_MAX = U16;
/** Entries that are kept in mind: about 300 bytes each. */
const ENTRIES_MAX = 500_000;
/** Bytes of the directory that are read at once. */
const CHUNK = 1 << 20;
/** A deflated byte becomes 1,032 at most; what claims more is made to fill disks. */
const RATIO_MAX = 1_032;
const IS_ENCRYPTED = 1;
const IS_UTF8 = 0x0800;

/** A number of 8 bytes; what no file can have is refused where it is compared with the file's size. */
const u64 = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at));

/** A .zip file that is open. */
export class ZipFile {
	readonly #file: FileHandle;
	/** what the file is called in messages */
	readonly name: string;
	readonly #size: number;
	readonly #entries = new Map<string, ZipEntry>();

	private constructor(file: FileHandle, name: string, size: number) {
		this.#file = file;
		this.name = name;
		this.#size = size;
	}

	/** Opens it and reads its directory. Rejects with ImportError when it is not one, or not whole. */
	static async open(path: string, name: string): Promise<ZipFile> {
		const file = await open(path, 'r');
		try {
			const zip = new ZipFile(file, name, (await file.stat()).size);
			await zip.#readDirectory();
			return zip;
		} catch (cause) {
			await file.close();
			throw cause;
		}
	}

	entry(name: string): ZipEntry | undefined {
		return this.#entries.get(name);
	}

	names(): IterableIterator<string> {
		return this.#entries.keys();
	}

	close(): Promise<void> {
		return this.#file.close();
	}

	/** The bytes of an entry, checked: it fails at the end when they are not what the directory says. */
	async stream(entry: ZipEntry): Promise<Readable> {
		const head = await this.#read(entry.offset, LOCAL_BYTES, entry.name);
		if (head.readUInt32LE(0) !== SIGNATURES.local) throw this.#damaged(entry.name);
		const start = entry.offset + LOCAL_BYTES + head.readUInt16LE(26) + head.readUInt16LE(28);
		if (start + entry.packed > this.#size) throw this.#damaged(entry.name);
		const raw = Readable.from(this.#pieces(start, entry.packed));
		const checked = this.#checking(entry);
		const out = new PassThrough();
		const parts =
			entry.method === 8 ? [raw, createInflateRaw(), checked, out] : [raw, checked, out];
		// What fails here is told by the last of them, which the reader waits for.
		pipeline(parts as [Readable, Transform, PassThrough]).catch((error: unknown) =>
			out.destroy(error instanceof ImportError ? error : this.#damaged(entry.name, error))
		);
		return out;
	}

	/** A file in it, as something to be kept; null: it is not there. */
	file(name: string): SourceFile | null {
		const entry = this.#entries.get(name);
		if (!entry) return null;
		const { size, crc } = entry;
		return { size, mark: `${size}-${crc}`, open: () => this.stream(entry) };
	}

	/** The whole of an entry. @param max bytes */
	async bytes(entry: ZipEntry, max: number): Promise<Buffer> {
		if (entry.size > max) {
			throw new ImportError(`${this.name}, ${entry.name}`, `larger than ${max} bytes`);
		}
		const parts: Buffer[] = [];
		for await (const part of await this.stream(entry)) parts.push(part as Buffer);
		return Buffer.concat(parts);
	}

	/** Lets as much through as was said, and no more, and looks at it. */
	#checking(entry: ZipEntry): Transform {
		let [size, crc] = [0, 0];
		return new Transform({
			transform: (chunk: Buffer, _encoding, done) => {
				size += chunk.length;
				crc = crc32(chunk, crc);
				if (size > entry.size) done(this.#damaged(entry.name));
				else done(null, chunk);
			},
			flush: (done) =>
				done(size === entry.size && crc === entry.crc ? null : this.#damaged(entry.name))
		});
	}

	async *#pieces(start: number, length: number): AsyncGenerator<Buffer> {
		for (let at = 0; at < length; at += CHUNK) {
			yield await this.#read(start + at, Math.min(CHUNK, length - at), '');
		}
	}

	async #read(position: number, length: number, entry: string): Promise<Buffer> {
		const bytes = Buffer.alloc(length);
		const { bytesRead } = await this.#file.read(bytes, 0, length, position);
		if (bytesRead !== length) throw this.#damaged(entry);
		return bytes;
	}

	#damaged(entry: string, cause?: unknown): ImportError {
		const place = entry === '' ? this.name : `${this.name}, ${entry}`;
		return new ImportError(place, 'not a whole .zip file, or not one that can be read', cause);
	}

	/** Where the directory lies, and how many entries it has. */
	async #findDirectory(): Promise<{ start: number; size: number; count: number }> {
		const length = Math.min(this.#size, END_BYTES + COMMENT_MAX);
		const tail = await this.#read(this.#size - length, length, '');
		let at = length - END_BYTES;
		while (at >= 0 && tail.readUInt32LE(at) !== SIGNATURES.end) at--;
		if (at < 0) throw this.#damaged('');
		const end = {
			count: tail.readUInt16LE(at + 10),
			size: tail.readUInt32LE(at + 12),
			start: tail.readUInt32LE(at + 16)
		};
		const isLarge = end.count === U16 || end.size === U32 || end.start === U32;
		const position = this.#size - length + at - LOCATOR_BYTES;
		if (!isLarge || position < 0) return end;
		const locator = await this.#read(position, LOCATOR_BYTES, '');
		if (locator.readUInt32LE(0) !== SIGNATURES.locator64) return end;
		const end64At = u64(locator, 8);
		if (end64At + END64_BYTES > this.#size) throw this.#damaged('');
		const end64 = await this.#read(end64At, END64_BYTES, '');
		if (end64.readUInt32LE(0) !== SIGNATURES.end64) throw this.#damaged('');
		return { count: u64(end64, 32), size: u64(end64, 40), start: u64(end64, 48) };
	}

	async #readDirectory(): Promise<void> {
		const { start, size, count } = await this.#findDirectory();
		if (start + size > this.#size) throw this.#damaged('');
		if (count > ENTRIES_MAX) {
			throw new ImportError(this.name, `more than ${ENTRIES_MAX} entries`);
		}
		let [held, position] = [Buffer.alloc(0), start];
		for (let n = 0; n < count;) {
			const next = Math.min(CHUNK, start + size - position);
			if (next <= 0) throw this.#damaged('');
			held = Buffer.concat([held, await this.#read(position, next, '')]);
			position += next;
			let at = 0;
			for (; n < count; n++) {
				const length = this.#take(held, at);
				if (length === 0) break;
				at += length;
			}
			held = held.subarray(at);
		}
	}

	/** Keeps the entry at a place of the directory in mind; answers its bytes, or 0 when it is not all there. */
	#take(bytes: Buffer, at: number): number {
		if (bytes.length < at + CENTRAL_BYTES) return 0;
		if (bytes.readUInt32LE(at) !== SIGNATURES.central) throw this.#damaged('');
		const [nameBytes, extraBytes] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30)];
		const length = CENTRAL_BYTES + nameBytes + extraBytes + bytes.readUInt16LE(at + 32);
		if (bytes.length < at + length) return 0;
		const flags = bytes.readUInt16LE(at + 8);
		const rawName = bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes);
		const name = rawName.toString((flags & IS_UTF8) !== 0 || isUtf8(rawName) ? 'utf8' : 'latin1');
		const extra = bytes.subarray(
			at + CENTRAL_BYTES + nameBytes,
			at + CENTRAL_BYTES + nameBytes + extraBytes
		);
		this.#keep(this.#large(extra, this.#entryAt(bytes, at, name)), flags);
		return length;
	}

	#entryAt(bytes: Buffer, at: number, name: string): ZipEntry {
		return {
			name,
			method: bytes.readUInt16LE(at + 10),
			crc: bytes.readUInt32LE(at + 16),
			packed: bytes.readUInt32LE(at + 20),
			size: bytes.readUInt32LE(at + 24),
			offset: bytes.readUInt32LE(at + 42)
		};
	}

	/** What does not fit into 4 bytes stands in the extra field. */
	#large(extra: Buffer, entry: ZipEntry): ZipEntry {
		const wanted = (['size', 'packed', 'offset'] as const).filter((field) => entry[field] === U32);
		if (wanted.length === 0) return entry;
		for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
			if (extra.readUInt16LE(at) !== 1) continue;
			const fields = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
			// Some write all three, whatever is needed: our own export does.
			const all = fields.length >= 24 ? (['size', 'packed', 'offset'] as const) : wanted;
			if (fields.length < all.length * 8) throw this.#damaged(entry.name);
			return {
				...entry,
				...Object.fromEntries(all.map((field, i) => [field, u64(fields, i * 8)]))
			};
		}
		throw this.#damaged(entry.name);
	}

	#keep(entry: ZipEntry, flags: number): void {
		const { name, size, packed, method, offset } = entry;
		if (name.endsWith('/')) return;
		const place = `${this.name}, ${name}`;
		if ((flags & IS_ENCRYPTED) !== 0) throw new ImportError(place, 'encrypted with a password');
		if (method !== 0 && method !== 8) {
			throw new ImportError(place, `compressed in a way (${method}) that cannot be read`);
		}
		if (offset + packed > this.#size || (method === 0 && size !== packed))
			throw this.#damaged(name);
		if (size > packed * RATIO_MAX + RATIO_MAX)
			throw new ImportError(place, 'larger than it can be');
		if (this.#entries.has(name)) throw new ImportError(place, 'there twice');
		this.#entries.set(name, entry);
	}
}

/** Whether bytes that do not say so are UTF-8: many programs write it without the flag. */
function isUtf8(bytes: Buffer): boolean {
	return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}
