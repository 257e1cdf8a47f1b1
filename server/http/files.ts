/** Handing files in, and fetching those that one may see. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { FILE_UPLOAD_PATH, posterPath } from '../../src/lib/protocol/paths.ts';
import { MEDIA_TYPES } from '../../src/lib/protocol/media-types.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { RouteContext } from './context.ts';
import { sendFile } from './send-file.ts';

interface FileRoute {
	Params: { id: string };
}

export function fileRoutes(api: FastifyInstance, context: RouteContext): void {
	// The bytes of an upload are read by whoever takes them in.
	api.addContentTypeParser('application/offset+octet-stream', (_request, _payload, done) =>
		done(null)
	);
	api.addContentTypeParser(
		'image/jpeg',
		{ parseAs: 'buffer', bodyLimit: LIMITS.posterBytes },
		(_request, bytes, done) => done(null, bytes)
	);
	for (const url of [FILE_UPLOAD_PATH, `${FILE_UPLOAD_PATH}/:id`]) {
		api.route({
			method: ['POST', 'HEAD', 'PATCH', 'DELETE'],
			url,
			handler: (request, reply) => handleUpload(context, request, reply)
		});
	}
	api.put<FileRoute>(posterPath(':id'), (request, reply) => takePoster(context, request, reply));
	api.get<FileRoute>('/api/files/:id', (request, reply) => download(context, request, reply));
	api.get<FileRoute>('/api/files/:id/small', (request, reply) =>
		downloadThumbnail(context, request, reply)
	);
}

async function handleUpload(
	{ identify, files }: RouteContext,
	request: FastifyRequest,
	reply: FastifyReply
): Promise<void> {
	const { person } = await identify(request, reply);
	reply.hijack();
	reply.raw.setHeader('cache-control', 'no-store');
	await files.uploads.handle(person, request.raw, reply.raw);
}

/** Answers also when the film has a poster already: a device that heard nothing asks again. */
async function takePoster(
	{ identify, limits, files }: RouteContext,
	request: FastifyRequest<FileRoute>,
	reply: FastifyReply
): Promise<FastifyReply> {
	const { person } = await identify(request, reply);
	await limits.take('uploads', person);
	if (!Buffer.isBuffer(request.body)) throw new RefusalError(refuse('picture_invalid'));
	await files.uploads.addPoster(person, request.params.id, request.body);
	return reply.code(204).send();
}

async function download(
	context: RouteContext,
	request: FastifyRequest<FileRoute>,
	reply: FastifyReply
): Promise<FastifyReply> {
	const file = await visibleFile(context, request, reply);
	const { stored, size, kind } = file;
	// What could not be made into a picture is saved, whatever its bytes begin like.
	const inPlace = MEDIA_TYPES.has(file.type) && kind !== 'file';
	const type = inPlace ? file.type : 'application/octet-stream';
	const saveAs = inPlace ? null : file.name;
	const served = { stored, size, type, saveAs, cache: 'private' } as const;
	const sent = await sendFile(request, reply, context.files.bytes, served);
	return sent ?? reply.code(416).send();
}

async function downloadThumbnail(
	context: RouteContext,
	request: FastifyRequest<FileRoute>,
	reply: FastifyReply
): Promise<FastifyReply | null> {
	const { thumb } = await visibleFile(context, request, reply);
	if (!thumb) throw new RefusalError(refuse('not_found'));
	return sendFile(request, reply, context.files.bytes, {
		stored: thumb,
		size: null,
		type: 'image/webp',
		saveAs: null,
		// After signing out, or when the message is gone, nothing is answered from a browser's cache.
		cache: 'private'
	});
}

/** Rejects with RefusalError; whether the file is there for somebody else is not said. */
async function visibleFile(
	{ identify, files }: RouteContext,
	request: FastifyRequest<FileRoute>,
	reply: FastifyReply
) {
	const { person } = await identify(request, reply);
	const file = await files.table.visible(request.params.id, person);
	if (!file) throw new RefusalError(refuse('not_found'));
	return file;
}
