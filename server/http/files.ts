/** Handing files in, and fetching those that one may see. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { rangeOf, saveAs } from '../files/delivery.ts';
import { INTAKE_PATH } from '../files/intake.ts';
import { isShown } from '../files/nature.ts';
import type { Door } from './api.ts';

/** Seconds; bytes under an id never change, and a browser's cache belongs to one person. */
const FOR_LONG = 31_536_000;

export function fileRoutes(api: FastifyInstance, { identify, files }: Door): void {
	// The bytes of an upload are read by whoever takes them in.
	api.addContentTypeParser('application/offset+octet-stream', (_request, _payload, done) =>
		done(null)
	);

	async function handIn(request: FastifyRequest, reply: FastifyReply): Promise<void> {
		const { person } = await identify(request, reply);
		reply.hijack();
		reply.raw.setHeader('cache-control', 'no-store');
		reply.raw.setHeader('x-content-type-options', 'nosniff');
		await files.intake.handle(person, request.raw, reply.raw);
	}
	for (const url of [INTAKE_PATH, `${INTAKE_PATH}/:id`]) {
		api.route({ method: ['POST', 'HEAD', 'PATCH', 'DELETE'], url, handler: handIn });
	}

	async function send(request: FastifyRequest, reply: FastifyReply, small: boolean) {
		const { person } = await identify(request, reply);
		const file = files.table.visible((request.params as { id: string }).id, person);
		const name = small ? file?.thumb : file?.stored;
		// Whether it is there for somebody else is not said.
		if (!file || !name) throw new RefusalError(refuse('not_found'));
		const size = small ? null : file.size;
		// What is asked about is answered from the table: no byte of it is fetched from its store.
		const isHead = request.method === 'HEAD';
		const range = size === null || isHead ? null : rangeOf(request.headers.range, size);
		if (range === 'none') {
			return reply.code(416).header('content-range', `bytes */${size}`).send();
		}
		const stream = isHead ? Readable.from([]) : await files.bytes.open(name, range ?? undefined);
		if (!stream) throw new RefusalError(refuse('not_found'));
		const type = small ? 'image/webp' : file.type;
		reply
			.header('content-type', isShown(type) ? type : 'application/octet-stream')
			.header('cache-control', `private, max-age=${FOR_LONG}, immutable`)
			.header('content-security-policy', "default-src 'none'; sandbox")
			.header('cross-origin-resource-policy', 'same-origin');
		if (size !== null) reply.header('accept-ranges', 'bytes');
		if (!isShown(type)) reply.header('content-disposition', saveAs(file.name));
		if (range) {
			reply
				.code(206)
				.header('content-range', `bytes ${range.start}-${range.end}/${size}`)
				.header('content-length', range.end - range.start + 1);
		} else if (size !== null) reply.header('content-length', size);
		return reply.send(stream);
	}
	api.get('/api/files/:id', (request, reply) => send(request, reply, false));
	api.get('/api/files/:id/small', (request, reply) => send(request, reply, true));
}
