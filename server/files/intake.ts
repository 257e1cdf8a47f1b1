/**
 * Files on their way in: tus uploads that go on where they were cut (docs: tus.io, protocol 1.0.0). An
 * upload belongs to one person and one file id that the device chose; when its last byte is there, it is
 * hashed, told by its bytes, pictures are written anew, and only then is it a file that a message can carry.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import { EVENTS, Server } from '@tus/server';
import * as v from 'valibot';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { refuse, RefusalError, type Refusal } from '../../src/lib/protocol/refusal.ts';
import type { Clock } from '../domain/ports.ts';
import type { Images } from './images.ts';
import type { Journal } from './journal.ts';
import { Metadata } from './metadata.ts';
import { natureOf, tidyFileName } from './nature.ts';
import type { ByteStore, FileTable, StoredFile } from './ports.ts';
import { createQuota } from './quota.ts';

/** Where devices hand files in. */
export const INTAKE_PATH = '/api/files/upload';
/** ms after which an upload that was not finished is forgotten. */
const FORGOTTEN_AFTER = 3 * 86_400_000;
/** ms after which to ask again. */
const AFTER_FULL = 60_000;

export interface Intake {
	/** Answers a tus request of this person. */
	handle(person: PersonId, request: IncomingMessage, response: ServerResponse): Promise<void>;
	/**
	 * Makes a file of what lies whole at a path on the same disk; the path is gone then. What begins like
	 * a picture and is none is kept as a file to be saved. Rejects with RefusalError, and leaves the path.
	 */
	adopt(person: PersonId, path: string, said: { id: string; name: string }): Promise<StoredFile>;
	/** Forgets uploads that were given up. */
	clear(): Promise<void>;
}

interface Parts {
	/** folder for what is under way */
	dir: string;
	bytes: ByteStore;
	table: FileTable;
	images: Images;
	journal: Journal;
	clock: Clock;
	/** what turns anything thrown into a refusal, and writes down what is our fault */
	refusalFor: (fault: unknown, doing: string) => Refusal;
	statusOf: (refusal: Refusal) => number;
	/** bytes that one person may keep here, and everybody together; null: any number */
	quota: { person: number; all: number | null };
}

const uploadName = (person: PersonId, file: string) => `${person}_${file}`;

function limitOf(type: string | null | undefined): number {
	return type?.startsWith('image/') ? LIMITS.imageBytes : LIMITS.fileBytes;
}

async function sha256Of(path: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(path), hash);
	return hash.digest('hex');
}

export function createIntake(parts: Parts): Intake {
	const { dir, bytes, table, images, journal, clock } = parts;
	const quota = createQuota(parts.quota, table, () => clock.now());
	const owners = new WeakMap<IncomingMessage, PersonId>();
	/** upload -> what finishes it, while that is under way */
	const finishing = new Map<string, Promise<void>>();
	const store = new FileStore({
		directory: dir,
		expirationPeriodInMilliseconds: FORGOTTEN_AFTER
	});

	/** Errors of hooks are sent by tus as they are: status and body. */
	function thrown(fault: unknown): Error {
		const refusal = parts.refusalFor(fault, 'handing a file in');
		return Object.assign(new Error(refusal.code), {
			status_code: parts.statusOf(refusal),
			body: JSON.stringify({ refused: refusal })
		});
	}
	const answering = async <A>(work: () => Promise<A>): Promise<A> => {
		try {
			return await work();
		} catch (fault) {
			throw thrown(fault);
		}
	};

	function ownerOf(request: unknown): PersonId {
		const raw = (request as { runtime?: { node?: { req?: IncomingMessage } } }).runtime?.node?.req;
		const person = raw && owners.get(raw);
		if (!person) throw new RefusalError(refuse('session_ended'));
		return person;
	}

	function read(metadata: unknown): Metadata {
		const parsed = v.safeParse(Metadata, metadata);
		if (!parsed.success) throw new RefusalError(refuse('malformed', { field: 'upload-metadata' }));
		return parsed.output;
	}

	async function admit(person: PersonId, size: number | undefined, said: Metadata): Promise<void> {
		if (size === undefined) throw new RefusalError(refuse('malformed', { field: 'upload-length' }));
		if (size === 0 || size > limitOf(said.type)) throw new RefusalError(refuse('file_too_large'));
		const known = table.find(said.id);
		// Handed in before: by this person it is there, by anybody else the id is taken.
		if (known) throw new RefusalError(refuse('id_conflict'));
		if (!(await bytes.hasRoom(size))) {
			throw new RefusalError(refuse('storage_full', { after: AFTER_FULL }));
		}
		quota.reserve(person, uploadName(person, said.id), size);
	}

	/** Hashes, looks, rewrites, and takes over; the message's commit comes only after this is durable. */
	async function finish(name: string, person: PersonId, said: Metadata): Promise<void> {
		const path = join(dir, name);
		const produced = [`${path}.out`, `${path}.small`];
		try {
			if (said.sha256 && (await sha256Of(path)) !== said.sha256) {
				throw new RefusalError(refuse('file_damaged', { after: 1_000 }));
			}
			// What was reserved is forgotten when the server starts anew.
			quota.reserve(person, name, (await stat(path)).size);
			await takeOver(path, person, said, 'refuse');
		} catch (fault) {
			// What is wrong with it does not become right by going on: the next try begins anew.
			if (fault instanceof RefusalError && fault.refusal.code !== 'busy') {
				quota.release(name);
				await store.remove(name);
			}
			throw fault;
		} finally {
			for (const left of produced) await rm(left, { force: true });
		}
		quota.release(name);
		// The bytes are elsewhere by now, or were written anew: what is left is the original, and the note about it.
		await rm(path, { force: true });
		await store.configstore.delete(name);
	}

	/** Puts bytes where they belong, and then the row that knows of them (U12). */
	async function keep(
		file: StoredFile,
		sources: [path: string, name: string][]
	): Promise<StoredFile> {
		const names = sources.map(([, name]) => name);
		return journal.during(names, async () => {
			for (const [path, name] of sources) await bytes.take(name, path);
			table.add(file, clock.now());
			return file;
		});
	}

	async function takeOver(
		path: string,
		person: PersonId,
		said: Pick<Metadata, 'id' | 'name' | 'width' | 'height'>,
		broken: 'refuse' | 'keep'
	): Promise<StoredFile> {
		const nature = await natureOf(path);
		const file = { id: said.id, person, name: tidyFileName(said.name), ...nature };
		const stored = randomBytes(16).toString('hex');
		const { size: given } = await stat(path);
		const shape =
			nature.kind === 'video' && said.width && said.height
				? { width: said.width, height: said.height }
				: {};
		const asItIs = (kind: StoredFile['kind']) =>
			keep({ ...file, ...shape, kind, size: given, stored, thumb: null }, [[path, stored]]);
		if (nature.kind !== 'image') return asItIs(nature.kind);
		if (given > LIMITS.imageBytes) throw new RefusalError(refuse('file_too_large'));
		const worked = await images.work(path);
		if ('refused' in worked) {
			if (worked.refused === 'picture_invalid' && broken === 'keep') return asItIs('file');
			throw new RefusalError(refuse(worked.refused));
		}
		const { width, height, hash, rewritten } = worked;
		const source = rewritten ? `${path}.out` : path;
		const { size } = await stat(source);
		const thumb = randomBytes(16).toString('hex');
		return keep({ ...file, size, width, height, hash, stored, thumb }, [
			[`${path}.small`, thumb],
			[source, stored]
		]);
	}

	function finishOnce(name: string, person: PersonId, metadata: unknown): Promise<void> {
		const running = finishing.get(name);
		if (running) return running;
		const made = finish(name, person, read(metadata)).finally(() => finishing.delete(name));
		finishing.set(name, made);
		return made;
	}

	const tus = new Server({
		path: INTAKE_PATH,
		datastore: store,
		relativeLocation: true,
		maxSize: LIMITS.fileBytes,
		allowedOrigins: [],
		namingFunction: (request, metadata) =>
			answering(async () => uploadName(ownerOf(request), read(metadata).id)),
		onUploadCreate: (request, upload) =>
			answering(async () => {
				await admit(ownerOf(request), upload.size, read(upload.metadata));
				return {};
			}),
		onUploadFinish: (request, upload) =>
			answering(async () => {
				await finishOnce(upload.id, ownerOf(request), upload.metadata);
				return {};
			}),
		onIncomingRequest: (request, id) =>
			answering(async () => {
				if (!id.startsWith(`${ownerOf(request)}_`)) throw new RefusalError(refuse('not_found'));
			})
	});

	/**
	 * An upload whose last byte came just before the server ended is finished when it is asked for: else
	 * the device would take it for handed in.
	 */
	async function finishLeft(name: string, person: PersonId): Promise<void> {
		const upload = await store.getUpload(name).catch(() => null);
		if (upload?.size === undefined || upload.offset !== upload.size) return;
		await finishOnce(name, person, upload.metadata);
	}

	tus.on(EVENTS.POST_TERMINATE, (_request, _response, id) => quota.release(id));

	return {
		async handle(person, request, response) {
			owners.set(request, person);
			const name = (request.url ?? '').split('?')[0]!.split('/').at(-1)!;
			if (request.method === 'HEAD' && name.startsWith(`${person}_`)) {
				try {
					await finishLeft(name, person);
				} catch (fault) {
					const refusal = parts.refusalFor(fault, 'finishing a file');
					response.writeHead(parts.statusOf(refusal), { 'cache-control': 'no-store' }).end();
					return;
				}
			}
			await tus.handle(request, response);
		},
		async adopt(person, path, said) {
			const { size } = await stat(path);
			if (size > LIMITS.fileBytes) throw new RefusalError(refuse('file_too_large'));
			if (!(await bytes.hasRoom(size))) {
				throw new RefusalError(refuse('storage_full', { after: AFTER_FULL }));
			}
			quota.reserve(person, uploadName(person, said.id), size);
			try {
				return await takeOver(path, person, said, 'keep');
			} finally {
				quota.release(uploadName(person, said.id));
				for (const left of [`${path}.out`, `${path}.small`]) await rm(left, { force: true });
			}
		},
		async clear() {
			await tus.cleanUpExpiredUploads();
			quota.forget(clock.now() - FORGOTTEN_AFTER);
		}
	};
}
