/** Handing files in, and getting them (compat-api, section 3). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import { refuse, RefusalError } from '../../../src/lib/protocol/refusal.ts';
import type { StoredFile } from '../../files/file-ports.ts';
import { sendFile } from '../../http/send-file.ts';
import type { CompatContext } from '../context.ts';
import { ApiError } from '../errors.ts';
import { extensionOf, fileAt, isShownInPlace, servedType, urlOf } from '../files.ts';
import { AVATAR_MAX } from '../form-upload.ts';
import * as schema from '../schemas.ts';
import type { EndpointContext } from './endpoint-context.ts';
import { endpoint, type Endpoint } from './endpoint.ts';
import { ownProfile } from './profile-change.ts';
import { readFile, withBytes } from './forms.ts';

const TAG = 'Uploads';

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

export const uploadEndpoints = (context: EndpointContext): Endpoint[] => [
	uploadFile(context),
	uploadAvatar(context),
	removeFile(context)
];

function uploadFile({ formUploads, limits }: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: ['/api/upload/file', '/api/upload/'],
		tag: TAG,
		summary: 'Hand a file in: pictures up to 10 MB, anything else up to 50 MB',
		auth: 'token',
		file: 'file',
		answer: Uploaded,
		refusals: [400, 413, 422],
		async handle({ caller: { who }, request }) {
			await limits.take('uploads', who.person);
			const part = await readFile(request, LIMITS.fileBytes);
			const stored = await withBytes(part.file, () =>
				formUploads.take(who.person, part.filename, part.file)
			);
			return uploadedOf(stored);
		}
	});
}

function uploadedOf(file: StoredFile): v.InferOutput<typeof Uploaded> {
	const url = urlOf(file);
	return {
		message: 'The file has been uploaded.',
		file_url: url,
		file_path: url,
		file_name: file.name,
		filename: file.name,
		file_size: file.size,
		file_type: extensionOf(file),
		content_type: servedType(file)
	};
}

function uploadAvatar({ avatars, limits, serializeFor, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'POST',
		path: '/api/upload/avatar',
		tag: TAG,
		summary: 'Set your picture; up to 5 MB',
		auth: 'token',
		file: 'file',
		answer: v.object({ message: v.string(), avatar_url: v.string(), user: schema.User }),
		refusals: [400, 413, 422],
		async handle({ caller: { who }, request }) {
			await limits.take('uploads', who.person);
			await avatars.set(who, await avatars.square(await readPicture(request)));
			const user = (await serializeFor(who.person)).user(await ownProfile(store, who.person));
			return { message: 'The picture has been set.', avatar_url: user.avatar_url, user };
		}
	});
}

/** Rejects with ApiError 413 when it is too large for a profile picture. */
async function readPicture(request: FastifyRequest): Promise<Buffer> {
	const part = await readFile(request, AVATAR_MAX);
	const bytes = await withBytes(part.file, () => part.toBuffer());
	if (part.file.truncated || bytes.length > AVATAR_MAX) {
		throw new ApiError(413, 'The picture is too large: at most 5 MB.');
	}
	return bytes;
}

function removeFile({ files, store }: EndpointContext): Endpoint {
	return endpoint({
		method: 'DELETE',
		path: '/api/upload/file',
		tag: TAG,
		summary: 'Remove a file that you handed in',
		auth: 'token',
		query: v.object({ file_url: v.pipe(v.string(), v.maxLength(2_000)) }),
		answer: schema.MessageResponse,
		refusals: [400, 403, 404, 422],
		async handle({ caller, query }) {
			const found = await fileAt(query.file_url, store);
			if (!found) throw new RefusalError(refuse('not_found'));
			if (found.person !== caller.who.person) throw new RefusalError(refuse('not_allowed'));
			if (!(await files.remove(found.id))) {
				throw new ApiError(400, 'A message carries this file: delete the message.');
			}
			return { message: 'The file has been removed.' };
		}
	});
}

/** Serves what was handed in, to whoever knows its name, on any page (compat-api, rule 1.6). */
export function uploadRoutes(server: FastifyInstance, context: CompatContext): void {
	server.get('/uploads/:kind/:name', (request, reply) => download(context, request, reply));
}

async function download(
	{ files, store }: CompatContext,
	request: FastifyRequest,
	reply: FastifyReply
): Promise<FastifyReply> {
	const file = await fileAt(request.url.split('?', 1)[0]!, store);
	if (!file) throw new RefusalError(refuse('not_found'));
	const { stored, size, name } = file;
	const saveAs = isShownInPlace(file) ? null : name;
	const served = { stored, size, type: servedType(file), saveAs, cache: 'public' } as const;
	const sent = await sendFile(request, reply, files.bytes, served);
	if (!sent) throw new ApiError(416, 'The file has no such part.');
	return sent;
}
