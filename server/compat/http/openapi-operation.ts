/** One call of the API, as an operation of the OpenAPI document. */
import type { Endpoint, ObjectSchema } from './endpoint.ts';
import { toSchema, type JsonSchema } from './json-schemas.ts';

/** Status -> when it is answered. */
const REFUSALS: Record<number, string> = {
	400: 'A rule is broken; the text says which',
	401: 'The token is missing, invalid or expired; or the sign-in failed',
	403: 'You may not do this',
	404: 'There is no such thing',
	409: 'The name or the e-mail address is taken',
	413: 'The request or the file is too large',
	415: 'The body is of a type that is not read here',
	422: 'The request is malformed; "errors" names the fields',
	429: 'Too many requests; Retry-After says for how many seconds to wait',
	503: 'The server is busy; Retry-After says for how many seconds to wait'
};

const ERROR = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
/** Types as which a body may come when forms are read, too. */
const FORM_TYPES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'];
/** It is open, and still answers 401. */
const SIGN_IN_PATH = '/api/auth/login';

/** A path with its parameters in braces. */
export const inBraces = (path: string) => path.replace(/:(\w+)/g, '{$1}');

/** A name for a call, unique among all: "post_api_rooms_room_join". */
function operationId(method: string, path: string): string {
	const words = path.split(/[^\w]+/).filter((word) => word !== '');
	return [method.toLowerCase(), ...words].join('_');
}

/** @param path the one of the call's paths that is described */
export function operationOf(endpoint: Endpoint, path: string): JsonSchema {
	const { auth, method, params, paths, query, summary, tag } = endpoint;
	const parameters = [...parametersOf('path', params), ...parametersOf('query', query)];
	const isAlias = path !== paths[0];
	return {
		operationId: operationId(method, path),
		tags: [tag],
		summary,
		...(isAlias ? { description: `The same as ${method} ${inBraces(paths[0]!)}.` } : {}),
		...(parameters.length > 0 ? { parameters } : {}),
		...requestBodyOf(endpoint),
		responses: responsesOf(endpoint, path),
		security: SECURITY[auth]
	};
}

const SECURITY = {
	open: [],
	guest: [{ bearer: [] }, {}],
	token: [{ bearer: [] }]
};

function parametersOf(where: 'path' | 'query', one: ObjectSchema | null): JsonSchema[] {
	if (!one) return [];
	const { properties = {}, required = [] } = toSchema(one, 'input') as {
		properties?: Record<string, JsonSchema>;
		required?: string[];
	};
	return Object.entries(properties).map(([name, { description, ...schema }]) => ({
		name,
		in: where,
		required: where === 'path' || required.includes(name),
		...(description === undefined ? {} : { description }),
		schema
	}));
}

function requestBodyOf({ body, form, file }: Endpoint): JsonSchema {
	if (file !== null) return { requestBody: fileBody(file) };
	if (!body) return {};
	const schema = toSchema(body, 'input');
	const types = form ? FORM_TYPES : ['application/json'];
	const required = ((schema.required as string[] | undefined) ?? []).length > 0;
	const content = Object.fromEntries(types.map((type) => [type, { schema }]));
	return { requestBody: { required, content } };
}

/** @param field the one of the form with the file in it */
function fileBody(field: string): JsonSchema {
	const properties = { [field]: { type: 'string', contentMediaType: 'application/octet-stream' } };
	const schema = { type: 'object', properties, required: [field] };
	return { required: true, content: { 'multipart/form-data': { schema } } };
}

function responsesOf({ answer, refusals, auth, body, file }: Endpoint, path: string): JsonSchema {
	const ofBody = body || file !== null ? [413, 415, 422] : [];
	const ofToken = auth !== 'open' || path === SIGN_IN_PATH ? [401] : [];
	const statuses = [...new Set([...refusals, ...ofToken, ...ofBody, 429])].sort();
	return {
		200: {
			description: 'Done',
			content: { 'application/json': { schema: toSchema(answer, 'output') } }
		},
		...Object.fromEntries(statuses.map((status) => [status, refusal(status)]))
	};
}

const refusal = (status: number): JsonSchema => ({ description: REFUSALS[status], content: ERROR });

/** The one call that answers bytes. */
export function uploadOperation(): JsonSchema {
	const text = { type: 'string' };
	return {
		operationId: 'get_upload',
		tags: ['Uploads'],
		summary: 'The bytes of a file; whoever knows its address gets it. Takes byte ranges',
		parameters: [
			{ name: 'kind', in: 'path', required: true, schema: text },
			{ name: 'name', in: 'path', required: true, schema: text }
		],
		responses: {
			200: { description: 'The file', content: { '*/*': { schema: {} } } },
			206: { description: 'A part of it', content: { '*/*': { schema: {} } } },
			416: { description: 'The file has no such part', content: { '*/*': { schema: {} } } },
			404: refusal(404)
		},
		security: []
	};
}
