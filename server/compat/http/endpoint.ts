/** How one call of the API is written down: what it takes and answers, for the routes and for the documents. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Card } from '../../../src/lib/protocol/change.ts';
import type { Actor } from '../../domain/ports.ts';
import type { FieldError } from '../../http/error-body.ts';
import { ApiError } from '../errors.ts';

/** Whoever calls, proved by a token. */
export interface Caller {
	who: Actor;
	card: Card;
}

/** token: only with one. guest: with one, or without where guests are let in. open: whoever comes. */
type Auth = 'token' | 'guest' | 'open';
type CallerOf<A extends Auth> = A extends 'token'
	? Caller
	: A extends 'guest'
		? Caller | null
		: null;

export type ObjectSchema = v.GenericSchema<Record<string, unknown>, Record<string, unknown>>;

/** What a handler is given. */
export interface Ask<A extends Auth, P, Q, B> {
	caller: CallerOf<A>;
	params: P;
	query: Q;
	body: B;
	request: FastifyRequest;
	reply: FastifyReply;
}

interface Spec<
	A extends Auth,
	P extends ObjectSchema,
	Q extends ObjectSchema,
	B extends ObjectSchema,
	R extends v.GenericSchema
> {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** one path, or one with its aliases; parameters as ":name" */
	path: string | readonly string[];
	tag: string;
	summary: string;
	auth: A;
	params?: P;
	query?: Q;
	body?: B;
	/** the body may also come as a form, url-encoded or multipart */
	form?: boolean;
	/** the body is a multipart form with the file in this field; read by the handler itself */
	file?: string;
	answer: R;
	/** statuses of refusals besides 401, 429 and 500 */
	refusals?: readonly number[];
	handle: (
		ask: Ask<A, v.InferOutput<P>, v.InferOutput<Q>, v.InferOutput<B>>
	) => Promise<v.InferInput<R>> | v.InferInput<R>;
}

/** A call, with what the routes and the documents need of it. */
export interface Endpoint {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	paths: readonly string[];
	tag: string;
	summary: string;
	auth: Auth;
	params: ObjectSchema | null;
	query: ObjectSchema | null;
	body: ObjectSchema | null;
	form: boolean;
	file: string | null;
	answer: v.GenericSchema;
	refusals: readonly number[];
	handle: (ask: Ask<never, unknown, unknown, unknown>) => unknown;
}

type Nothing = v.ObjectSchema<Record<never, never>, undefined>;

/** Writes a call down. */
export function endpoint<
	A extends Auth,
	P extends ObjectSchema = Nothing,
	Q extends ObjectSchema = Nothing,
	B extends ObjectSchema = Nothing,
	R extends v.GenericSchema = v.GenericSchema
>(spec: Spec<A, P, Q, B, R>): Endpoint {
	return {
		method: spec.method,
		paths: typeof spec.path === 'string' ? [spec.path] : spec.path,
		tag: spec.tag,
		summary: spec.summary,
		auth: spec.auth,
		params: spec.params ?? null,
		query: spec.query ?? null,
		body: spec.body ?? null,
		form: spec.form ?? false,
		file: spec.file ?? null,
		answer: spec.answer,
		refusals: spec.refusals ?? [],
		// The route gives it exactly what the schemas made of the request.
		handle: spec.handle as unknown as Endpoint['handle']
	};
}

/** Says in one line what is wrong with an input. */
function explain(issue: v.BaseIssue<unknown>): FieldError {
	const field = v.getDotPath(issue) ?? '';
	if (issue.received === 'undefined') return { field, message: `${field} is missing.` };
	return { field, message: field === '' ? `${issue.message}.` : `${field}: ${issue.message}.` };
}

/** Reads a part of a request; rejects with 422 naming every field with an error. */
export function read<S extends v.GenericSchema>(schema: S, raw: unknown): v.InferOutput<S> {
	const parsed = v.safeParse(schema, raw);
	if (parsed.success) return parsed.output;
	const fields = parsed.issues.map(explain);
	throw new ApiError(422, fields.map((error) => error.message).join(' '), { fields });
}
