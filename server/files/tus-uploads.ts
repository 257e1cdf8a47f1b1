/** Uploads by tus (tus.io, protocol 1.0.0), which go on where they were cut. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EVENTS, Server, type Upload } from '@tus/server';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { FILE_UPLOAD_PATH } from '../../src/lib/protocol/paths.ts';
import { refuse, RefusalError, type Refusal } from '../../src/lib/protocol/refusal.ts';
import { UploadFinisher, UploadStore, type FinishContext } from './finish-uploads.ts';
import { requireDiskSpace } from './quota.ts';
import { isUploadOf, readMetadata, UPLOAD_NAME, uploadName } from './upload-metadata.ts';

/** Uploads that one person may have under way. */
const UNDER_WAY_MAX = 100;
/** ms after which some of them may have ended. */
const AFTER_TOO_MANY = 10_000;

interface TusContext extends FinishContext {
	/** turns anything thrown into a refusal, and logs unexpected errors */
	refusalFor: (error: unknown, doing: string) => Refusal;
	statusOf: (refusal: Refusal) => number;
}

export class TusUploads {
	readonly #context: TusContext;
	readonly #store: UploadStore;
	readonly #finisher: UploadFinisher;
	readonly #tus: Server;
	readonly #owners = new WeakMap<IncomingMessage, PersonId>();

	/** @param expiresAfter ms after which an upload that was not finished is removed */
	constructor(context: TusContext, expiresAfter: number) {
		this.#context = context;
		this.#store = new UploadStore({
			directory: context.dir,
			expirationPeriodInMilliseconds: expiresAfter
		});
		this.#finisher = new UploadFinisher(context, this.#store);
		this.#tus = new Server({
			path: FILE_UPLOAD_PATH,
			datastore: this.#store,
			relativeLocation: true,
			maxSize: LIMITS.fileBytes,
			allowedOrigins: [],
			namingFunction: (request, metadata) =>
				this.#answering(() => uploadName(this.#ownerOf(request), readMetadata(metadata).id)),
			onIncomingRequest: (request, id) =>
				this.#answering(() => requireOwn(this.#ownerOf(request), id)),
			onUploadCreate: (request, upload) =>
				this.#answering(() => this.#admit(this.#ownerOf(request), upload)),
			onUploadFinish: (request, upload) =>
				this.#answering(() => this.#finish(this.#ownerOf(request), upload))
		});
		this.#tus.on(EVENTS.POST_TERMINATE, (_request, _response, id) => context.quota.release(id));
	}

	/** Answers a tus request of this person. */
	async handle(
		person: PersonId,
		request: IncomingMessage,
		response: ServerResponse
	): Promise<void> {
		this.#owners.set(request, person);
		const id = (request.url ?? '').split('?')[0]!.split('/').at(-1)!;
		if (request.method === 'HEAD' && isUploadOf(person, id)) {
			try {
				await this.#finisher.finishIfWhole(person, id);
			} catch (error) {
				const refusal = this.#context.refusalFor(error, 'finishing a file');
				const status = this.#context.statusOf(refusal);
				response.writeHead(status, { 'cache-control': 'no-store' }).end();
				return;
			}
		}
		await this.#tus.handle(request, response).finally(() => this.#store.forgetFinished(person));
	}

	/** Removes uploads that were given up. */
	async removeExpired(): Promise<void> {
		await this.#tus.cleanUpExpiredUploads();
	}

	/** Runs a hook; tus answers the errors of hooks as they are: status and body. */
	async #answering<A>(hook: () => A | Promise<A>): Promise<A> {
		try {
			return await hook();
		} catch (error) {
			const refusal = this.#context.refusalFor(error, 'handing a file in');
			throw Object.assign(new Error(refusal.code), {
				status_code: this.#context.statusOf(refusal),
				body: JSON.stringify({ refused: refusal })
			});
		}
	}

	#ownerOf(request: unknown): PersonId {
		const raw = (request as { runtime?: { node?: { req?: IncomingMessage } } }).runtime?.node?.req;
		const person = raw && this.#owners.get(raw);
		if (!person) throw new RefusalError(refuse('session_ended'));
		return person;
	}

	async #admit(person: PersonId, { size, metadata }: Upload): Promise<object> {
		const { table, bytes, quota } = this.#context;
		const { id } = readMetadata(metadata);
		if (size === undefined) throw new RefusalError(refuse('malformed', { field: 'upload-length' }));
		if (size === 0 || size > LIMITS.fileBytes) throw new RefusalError(refuse('file_too_large'));
		// Handed in before: by this person it is there, by anybody else the id is taken.
		if (await table.find(id)) throw new RefusalError(refuse('id_conflict'));
		await requireDiskSpace(bytes, size);
		if (quota.underWay(person) >= UNDER_WAY_MAX) {
			throw new RefusalError(refuse('too_many', { after: AFTER_TOO_MANY }));
		}
		await quota.reserve(person, uploadName(person, id), size);
		return {};
	}

	async #finish(person: PersonId, upload: Upload): Promise<object> {
		await this.#finisher.finish(person, upload);
		this.#store.rememberFinished(upload);
		return {};
	}
}

/** @throws RefusalError when the upload is another person's, or the name is none of an upload */
function requireOwn(person: PersonId, id: string): void {
	if (!isUploadOf(person, id) || !UPLOAD_NAME.test(id)) throw new RefusalError(refuse('not_found'));
}
