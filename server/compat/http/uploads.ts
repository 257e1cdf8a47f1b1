/** Handing files in, and getting them (compat-api, section 3). */
import { Readable } from 'node:stream';
import { rangeOf, saveAs } from '../../files/delivery.ts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import type { Avatars } from '../avatars.ts';
import { ApiError } from '../errors.ts';
import { extensionOf, fileAt, isShownInPlace, servedType, urlOf } from '../files.ts';
import { AVATAR_MAX, type HandIn } from '../hand-in.ts';
import type { Compat } from '../parts.ts';
import * as schema from '../schemas.ts';
import { endpoint, type Caller, type Endpoint } from './endpoint.ts';

const TAG = 'Uploads';
/** Seconds for which a browser need not ask again: a year; the bytes under a name never change. */
const FOR_EVER = 31_536_000;

const Uploaded = v.object({
	message: v.string(),
	file_url: v.string(),
	file_path: v.string(),
	file_name: v.pipe(v.string(), v.description('What the file was called')),
	filename: v.string(),
	file_size: v.pipe(schema.id, v.description('Bytes')),
	file_type: v.pipe(v.string(), v.description('Extension, bare and in lower case')),
	content_type: v.string()
});

const noFile = () => {
	const message = 'Send the file in the field "file" of a multipart form.';
	return new ApiError(422, message, { fields: [{ field: 'file', message }] });
};

/** The one file of a form. */
async function fileOf(request: FastifyRequest, most: number) {
	if (!request.isMultipart()) throw noFile();
	// One byte more than is taken, so that too much can be told from just enough.
	const limits = { fileSize: most + 1, files: 1, fields: 10, fieldSize: 16_384, parts: 11 };
	const part = await request.file({ limits });
	if (part?.fieldname === 'file') return part;
	part?.file.resume();
	throw noFile();
}

export function uploadEndpoints(compat: Compat, handIn: HandIn, avatars: Avatars): Endpoint[] {
	const { files, limits, objects, store } = compat;

	async function upload({ who }: Caller, request: FastifyRequest) {
		await limits.take('uploads', who.person);
		const part = await fileOf(request, LIMITS.fileBytes);
		const kept = await handIn.take(who.person, part.filename, part.file);
		const [url, extension] = [urlOf(kept), extensionOf(kept)];
		return {
			message: 'The file has been uploaded.',
			file_url: url,
			file_path: url,
			file_name: kept.name,
			filename: kept.name,
			file_size: kept.size,
			file_type: extension,
			content_type: servedType(kept)
		};
	}

	return [
		endpoint({
			method: 'POST',
			path: ['/api/upload/file', '/api/upload/'],
			tag: TAG,
			summary: 'Hand a file in: pictures up to 10 MB, anything else up to 50 MB',
			auth: 'token',
			file: 'file',
			answer: Uploaded,
			refusals: [400, 413, 422],
			handle: ({ caller, request }) => upload(caller, request)
		}),
		endpoint({
			method: 'POST',
			path: '/api/upload/avatar',
			tag: TAG,
			summary: 'Set your picture; up to 5 MB',
			auth: 'token',
			file: 'file',
			answer: v.object({ message: v.string(), avatar_url: v.string(), user: schema.User }),
			refusals: [400, 413, 422],
			async handle({ caller, request }) {
				await limits.take('uploads', caller.who.person);
				const part = await fileOf(request, AVATAR_MAX);
				const bytes = await part.toBuffer();
				if (part.file.truncated || bytes.length > AVATAR_MAX) {
					throw new ApiError(413, 'The picture is too large: at most 5 MB.');
				}
				await avatars.set(caller.who, bytes);
				const user = objects.user(store.person(caller.who.person)!);
				return { message: 'The picture has been set.', avatar_url: user.avatar_url, user };
			}
		}),
		endpoint({
			method: 'DELETE',
			path: '/api/upload/file',
			tag: TAG,
			summary: 'Remove a file that you handed in',
			auth: 'token',
			query: v.object({ file_url: v.pipe(v.string(), v.maxLength(2_000)) }),
			answer: schema.Said,
			refusals: [400, 403, 404, 422],
			async handle({ caller, query }) {
				const found = fileAt(query.file_url, store);
				if (!found) throw new RefusalError(refuse('not_found'));
				if (found.person !== caller.who.person) throw new RefusalError(refuse('not_allowed'));
				if (!(await files.remove(found.id))) {
					throw new ApiError(400, 'A message carries this file: delete the message.');
				}
				return { message: 'The file has been removed.' };
			}
		})
	];
}

/** Serves what was handed in, to whoever knows its name, on any page (compat-api, rule 1.6). */
export function uploadRoutes(door: FastifyInstance, { files, store }: Compat): void {
	door.get('/uploads/:kind/:name', async (request, reply) => {
		// What is asked about is answered from the table: no byte of it is fetched from its store.
		const isHead = request.method === 'HEAD';
		const file = fileAt(request.url.split('?', 1)[0]!, store);
		if (!file) throw new RefusalError(refuse('not_found'));
		const range = isHead ? null : rangeOf(request.headers.range, file.size);
		if (range === 'none') {
			reply.header('content-range', `bytes */${file.size}`);
			throw new ApiError(416, 'The file has no such part.');
		}
		const bytes = isHead
			? Readable.from([])
			: await files.bytes.open(file.stored, range ?? undefined);
		if (!bytes) throw new RefusalError(refuse('not_found'));
		if (!isShownInPlace(file)) reply.header('content-disposition', saveAs(file.name));
		reply
			.header('content-type', servedType(file))
			.header('content-security-policy', "default-src 'none'; sandbox")
			.header('cross-origin-resource-policy', 'cross-origin')
			.header('cache-control', `public, max-age=${FOR_EVER}, immutable`)
			.header('accept-ranges', 'bytes')
			.header('content-length', range ? range.end - range.start + 1 : file.size);
		if (range) {
			reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.size}`);
		}
		return reply.send(bytes);
	});
}
