/** Answers requests for the bytes of a file: the whole, a part, or only the headers. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { ByteStore } from '../files/file-ports.ts';
import { contentDisposition, rangeOf } from '../files/http-range.ts';
import { isHeldAlready } from './revalidation.ts';
import { FILE_POLICY } from './security-headers.ts';

interface ServedFile {
	/** name under which its bytes lie */
	stored: string;
	/** bytes; null: not known, so that no part of it can be asked for */
	size: number | null;
	type: string;
	/** name under which a browser saves it; null: it is shown in place */
	saveAs: string | null;
	/** who may cache it */
	cache: 'private' | 'public';
}

/**
 * Rejects with RefusalError "not_found" when there are no bytes.
 * @returns null when the part that was asked for does not exist; the answer says then how long the file is
 */
export async function sendFile(
	request: FastifyRequest,
	reply: FastifyReply,
	bytes: ByteStore,
	{ stored, size, type, saveAs, cache }: ServedFile
): Promise<FastifyReply | null> {
	if (isHeldAlready(request, reply, stored, cache)) return reply.code(304).send();
	// A HEAD is answered from the table: no byte is fetched from the store.
	const isHead = request.method === 'HEAD';
	const range = size === null || isHead ? null : rangeOf(request.headers.range, size);
	if (range === 'none') {
		reply.header('content-range', `bytes */${size}`);
		return null;
	}
	const stream = isHead ? Readable.from([]) : await bytes.open(stored, range ?? undefined);
	if (!stream) throw new RefusalError(refuse('not_found'));
	reply.header('content-type', type).header('content-security-policy', FILE_POLICY);
	if (saveAs !== null) reply.header('content-disposition', contentDisposition(saveAs));
	if (size !== null) {
		reply
			.header('accept-ranges', 'bytes')
			.header('content-length', range ? range.end - range.start + 1 : size);
	}
	if (range) {
		reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
	}
	return reply.send(stream);
}
