/** Handing files in, and getting them (compat-api, section 3). */
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import type { Avatars } from '../avatars.ts';
import { ApiError } from '../errors.ts';
import { uploadAt, urlOf } from '../files.ts';
import type { Compat } from '../parts.ts';
import * as schema from '../schemas.ts';
import { extensionOf, isShownInPlace, UPLOAD_LIMITS, type UploadStore } from '../upload-store.ts';
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

export function uploadEndpoints(
	compat: Compat,
	uploads: UploadStore,
	avatars: Avatars
): Endpoint[] {
	const { limits, objects, store } = compat;

	async function upload({ who }: Caller, request: FastifyRequest) {
		await limits.take('uploads', who.person);
		const part = await fileOf(request, UPLOAD_LIMITS.other);
		const kept = await uploads.put(who.person, part.filename, part.file);
		const [url, extension] = [urlOf(kept), extensionOf(kept)];
		return {
			message: 'The file has been uploaded.',
			file_url: url,
			file_path: url,
			file_name: kept.original,
			filename: kept.original,
			file_size: kept.size,
			file_type: extension,
			content_type: kept.type
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
				const part = await fileOf(request, UPLOAD_LIMITS.avatar);
				const bytes = await part.toBuffer();
				if (part.file.truncated || bytes.length > UPLOAD_LIMITS.avatar) {
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
			refusals: [403, 404, 422],
			async handle({ caller, query }) {
				const found = uploadAt(query.file_url, store.upload);
				if (!found) throw new RefusalError(refuse('not_found'));
				if (found.person !== caller.who.person) throw new RefusalError(refuse('not_allowed'));
				await uploads.remove(found);
				return { message: 'The file has been removed.' };
			}
		})
	];
}

/** The value of Content-Disposition: the original name, in a form for old and one for all clients (RFC 6266). */
function disposition(original: string, inPlace: boolean): string {
	const plain = original.replace(/[^\x20-\x7e]|["\\%]/g, '_');
	const encoded = encodeURIComponent(original).replace(
		/['()*]/g,
		(letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
	);
	const how = inPlace ? 'inline' : 'attachment';
	return `${how}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** Serves what was handed in, to whoever knows its name, on any page (compat-api, rule 1.6). */
export function uploadRoutes(door: FastifyInstance, compat: Compat, uploads: UploadStore): void {
	void door.register(fastifyStatic, { root: compat.config.uploadsDir, serve: false });
	door.get<{ Params: { kind: string; name: string } }>(
		'/uploads/:kind/:name',
		async ({ params }, reply) => {
			const found = compat.store.upload(params.kind, params.name);
			if (!found) throw new RefusalError(refuse('not_found'));
			reply
				.header('content-type', found.type)
				.header('content-disposition', disposition(found.original, isShownInPlace(found)))
				.header('content-security-policy', "default-src 'none'; sandbox")
				.header('cross-origin-resource-policy', 'cross-origin')
				.header('cache-control', `public, max-age=${FOR_EVER}, immutable`);
			return reply.sendFile(found.name, uploads.folder(found.kind), {
				contentType: false,
				cacheControl: false
			});
		}
	);
}
