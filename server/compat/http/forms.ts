/** Multipart forms, read so that one that is broken is the sender's fault and not the server's. */
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { RefusalError } from '../../../src/lib/protocol/refusal.ts';
import { ApiError } from '../errors.ts';

/** Fields of a form that is no upload: how many, and bytes of each. */
const FORM_FIELDS = { fields: 20, fieldSize: 16_384, files: 0, parts: 20 };
/** Beside a file: how many fields and parts, and bytes of each field. */
const BESIDE_FILE = { files: 1, fields: 10, fieldSize: 16_384, parts: 11 };

/** The text fields of a form. Rejects with ApiError 400 when it is broken. */
export function readFields(request: FastifyRequest): Promise<Record<string, unknown>> {
	return orBroken(async () => {
		const fields: Record<string, unknown> = {};
		for await (const part of request.parts({ limits: FORM_FIELDS })) {
			if (part.type === 'field') fields[part.fieldname] = part.value;
		}
		return fields;
	});
}

/**
 * The one file of a form, which is in the field "file".
 * @param most bytes that it may have; one more is read, so that too much can be told from just enough
 */
export async function readFile(request: FastifyRequest, most: number): Promise<MultipartFile> {
	if (!request.isMultipart()) throw noFile();
	const limits = { ...BESIDE_FILE, fileSize: most + 1 };
	const part = await orBroken(() => request.file({ limits }));
	if (part?.fieldname === 'file') return part;
	part?.file.resume();
	throw noFile();
}

/** Does something with the bytes of a file; an end before its time is the sender's fault. */
export async function withBytes<A>(file: Readable, work: () => Promise<A>): Promise<A> {
	// The whole form may have come, and have broken, before it is asked for.
	try {
		return await work();
	} catch (error) {
		throw file.errored ? broken() : error;
	}
}

/** Errors without a status come from the parser of forms: the form is broken. */
async function orBroken<A>(work: () => Promise<A>): Promise<A> {
	try {
		return await work();
	} catch (error) {
		const isKnown = error instanceof RefusalError || error instanceof ApiError;
		const { statusCode } = error as { statusCode?: unknown };
		throw isKnown || typeof statusCode === 'number' ? error : broken();
	}
}

const broken = () => new ApiError(400, 'The form is broken, or ended before its time.');

const noFile = () => {
	const message = 'Send the file in the field "file" of a multipart form.';
	return new ApiError(422, message, { fields: [{ field: 'file', message }] });
};
