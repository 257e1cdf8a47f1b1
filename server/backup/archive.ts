/** The archive of a backup: a tar file with the database, the files, and a list of both with their hashes at its end. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, pack, type Extract, type Header, type Pack } from 'tar-stream';
import * as v from 'valibot';
import { DamagedError } from './copy-database.ts';

/** Raised when an older program could not restore what this one writes. */
const FORMAT = 1;
const MANIFEST = 'manifest.json';
/** Bytes of the list: 200 for each of two million files. Beyond 512 MB V8 makes no text of it. */
const MANIFEST_MAX = 400_000_000;
/** What an archive may hold. Nothing else is ever written, wherever its name would lead. */
const ENTRY = /^(?:roost\.sqlite|files\/[\w-]{2}\/[\w.-]{1,120})$/u;

const Summary = v.object({
	instance: v.string(),
	schema: v.number(),
	streams: v.number(),
	messages: v.number(),
	files: v.number(),
	newest: v.nullable(v.number()),
	digest: v.string()
});
const Manifest = v.object({
	format: v.literal(FORMAT),
	/** release of Roost that wrote it */
	version: v.string(),
	/** ms since the epoch */
	at: v.number(),
	/** where the bytes of files are: in here, or in a store of their own that is backed up by itself */
	files: v.picklist(['here', 's3']),
	database: Summary,
	entries: v.array(v.object({ name: v.string(), size: v.number(), sha256: v.string() }))
});

/** What an archive says of itself. */
export type Manifest = v.InferOutput<typeof Manifest>;
type Entry = Manifest['entries'][number];

/** One file that goes in. */
export interface Source {
	/** its name in the archive */
	name: string;
	path: string;
}

/**
 * Writes an archive; resolves with its list once it is on the disk.
 * @param to must not exist; readable by its owner only, as it holds the hashes of passwords
 * @param sources one that is gone by now is left out: its message was recalled meanwhile
 */
export async function writeArchive(
	to: string,
	sources: Iterable<Source>,
	about: Omit<Manifest, 'format' | 'entries'>
): Promise<Manifest> {
	const tar = pack();
	const written = pipeline(tar, createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }));
	const filled = fill(tar, sources, about);
	// Whichever fails ends the other.
	filled.catch((error: unknown) => tar.destroy(error as Error));
	const [manifest] = await Promise.all([filled, written]);
	return manifest;
}

async function fill(
	tar: Pack,
	sources: Iterable<Source>,
	about: Omit<Manifest, 'format' | 'entries'>
): Promise<Manifest> {
	const entries: Entry[] = [];
	for (const source of sources) {
		const entry = await addFile(tar, source);
		if (entry) entries.push(entry);
	}
	const manifest: Manifest = { format: FORMAT, ...about, entries };
	await new Promise<void>((resolve, reject) => {
		tar.entry({ name: MANIFEST, mode: 0o600 }, JSON.stringify(manifest), (error) =>
			error ? reject(error) : resolve()
		);
	});
	tar.finalize();
	return manifest;
}

async function addFile(tar: Pack, { name, path }: Source): Promise<Entry | null> {
	const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return null;
		throw error;
	});
	if (!found) return null;
	const { size } = found;
	const hashing = hasher();
	// A file that were to grow meanwhile would not fit its place; none does, they are written once.
	const bytes = size === 0 ? Readable.from([]) : createReadStream(path, { end: size - 1 });
	await pipeline(bytes, hashing.through, tar.entry({ name, size, mode: 0o600 }));
	return { name, size, sha256: hashing.digest() };
}

/**
 * Reads an archive from end to end.
 * @param into folder in which its files are put, each under its name; null: they are only checked
 * @throws DamagedError when anything in it is not what its list says
 */
export async function readArchive(file: string, into: string | null): Promise<Manifest> {
	const tar = extract();
	const ended = new AbortController();
	const reading = pipeline(createReadStream(file), tar);
	// An entry that tar-stream ends before anybody listens to it says nothing: whoever reads it is told by the signal.
	reading.catch((error: unknown) => ended.abort(error));
	const [walked, whole] = await Promise.allSettled([readEntries(tar, into, ended.signal), reading]);
	if (walked.status === 'rejected' && !isAbort(walked.reason)) throw readingError(walked.reason);
	if (whole.status === 'rejected') throw readingError(whole.reason);
	if (walked.status === 'rejected') throw walked.reason;
	const { manifest, found } = walked.value;
	if (!manifest) throw new DamagedError('the archive has no end: it was not written to its end');
	compare(manifest, found);
	return manifest;
}

/** Whether somebody stopped because reading had ended, which says why. */
const isAbort = (cause: unknown): boolean => (cause as Error).name === 'AbortError';

/** A full disk is no damage: what the system says stays as it is. */
function readingError(cause: unknown): unknown {
	const isOfSystem = typeof (cause as NodeJS.ErrnoException).syscall === 'string';
	if (isOfSystem || cause instanceof DamagedError) return cause;
	return new DamagedError(`the archive cannot be read: ${(cause as Error).message}`);
}

/** What an archive holds: its list, once it has come, and its files by their names. */
interface Entries {
	manifest: Manifest | null;
	found: ReadonlyMap<string, Entry>;
}

async function readEntries(
	tar: Extract,
	into: string | null,
	signal: AbortSignal
): Promise<Entries> {
	const found = new Map<string, Entry>();
	let manifest: Manifest | null = null;
	for await (const entry of tar) {
		if (manifest) throw new DamagedError('the archive goes on after its end');
		if (entry.header.name === MANIFEST) manifest = await readManifest(entry, signal);
		else {
			const one = await readFile(entry, entry.header, into, signal);
			if (found.has(one.name)) throw new DamagedError(`${one.name} is in the archive twice`);
			found.set(one.name, one);
		}
	}
	return { manifest, found };
}

function compare(manifest: Manifest, found: ReadonlyMap<string, Entry>): void {
	const bad = manifest.entries.find(({ name, size, sha256 }) => {
		const one = found.get(name);
		return one?.size !== size || one.sha256 !== sha256;
	});
	if (bad) throw new DamagedError(`${bad.name} is not what was backed up`);
	if (found.size !== manifest.entries.length) {
		throw new DamagedError('the archive holds more than its list says');
	}
}

/** An entry's content, piece by piece. */
type Bytes = AsyncIterable<unknown>;

async function readFile(
	bytes: Bytes,
	{ name, type }: Header,
	into: string | null,
	signal: AbortSignal
): Promise<Entry> {
	if (type !== 'file' || !ENTRY.test(name) || name.includes('..')) {
		throw new DamagedError(
			`the archive holds ${JSON.stringify(name)}, which is no part of a backup`
		);
	}
	const hashing = hasher();
	const to = into === null ? nowhere() : await create(join(into, name));
	await pipeline(bytes, hashing.through, to, { signal });
	return { name, size: hashing.size(), sha256: hashing.digest() };
}

async function create(path: string): Promise<Writable> {
	await mkdir(dirname(path), { recursive: true });
	return createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
}

async function readManifest(bytes: Bytes, signal: AbortSignal): Promise<Manifest> {
	const parts: Buffer[] = [];
	let size = 0;
	const collect = new Writable({
		write(part: Buffer, _encoding, done) {
			size += part.length;
			parts.push(part);
			done(size > MANIFEST_MAX ? new DamagedError('the list of the archive is too long') : null);
		}
	});
	await pipeline(bytes, collect, { signal });
	const text = Buffer.concat(parts).toString('utf8');
	let read: unknown;
	try {
		read = JSON.parse(text);
	} catch {
		throw new DamagedError('the list of the archive is damaged');
	}
	const parsed = v.safeParse(Manifest, read);
	if (parsed.success) return parsed.output;
	const { format } = read as { format?: unknown };
	if (typeof format === 'number' && format > FORMAT) {
		throw new DamagedError(
			'the archive was written by a newer version of Roost; restore it by that'
		);
	}
	throw new DamagedError('the list of the archive is damaged');
}

const nowhere = (): Writable => new Writable({ write: (_part, _encoding, done) => done() });

/** Counts and hashes what goes through. */
function hasher() {
	const sha = createHash('sha256');
	let bytes = 0;
	const through = new Transform({
		transform(part: Buffer, _encoding, done) {
			bytes += part.length;
			sha.update(part);
			done(null, part);
		}
	});
	return { through, size: () => bytes, digest: () => sha.digest('hex') };
}
