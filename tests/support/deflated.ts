/** A .zip as other programs write it: deflated, with sizes before the bytes, without ZIP64. */
import { writeFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

const u16 = (...values: number[]): Buffer => {
	const bytes = Buffer.alloc(values.length * 2);
	for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, i * 2);
	return bytes;
};
const u32 = (...values: number[]): Buffer => {
	const bytes = Buffer.alloc(values.length * 4);
	for (const [i, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, i * 4);
	return bytes;
};

/** @param size what the archive says of the size of each entry; absent: the truth */
export function writeDeflated(
	path: string,
	entries: Record<string, string | Buffer>,
	size?: number
): void {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [name, content] of Object.entries(entries)) {
		const bytes = Buffer.from(content);
		const packed = deflateRawSync(bytes);
		const sizes = u32(crc32(bytes), packed.length, size ?? bytes.length);
		const called = Buffer.from(name, 'utf8');
		const head = [u16(20, 0x0800, 8, 0, 0x21), sizes, u16(called.length, 0)];
		const local = Buffer.concat([u32(0x04034b50), ...head, called, packed]);
		directory.push(
			Buffer.concat([u32(0x02014b50), u16(20), ...head, u16(0, 0, 0), u32(0, offset), called])
		);
		parts.push(local);
		offset += local.length;
	}
	const list = Buffer.concat(directory);
	const count = directory.length;
	const end = [u32(0x06054b50), u16(0, 0, count, count), u32(list.length, offset), u16(0)];
	writeFileSync(path, Buffer.concat([...parts, list, ...end]));
}
