/** The OpenAPI 3.1 document, made of the schemas by which requests are checked. */
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import * as schema from '../schemas.ts';
import type { Endpoint, ObjectSchema } from './endpoint.ts';

export type JsonSchema = Record<string, unknown>;
export type Document = Record<string, unknown> & { paths: Record<string, Record<string, unknown>> };

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
	429: 'Too many requests; Retry-After says for how many seconds to wait'
};

const TAGS = [
	['Accounts', 'Register, sign in and out, your own account'],
	['Rooms', 'Rooms, joining and leaving them, who is in them'],
	['Messages', 'Messages of rooms and of conversations of two'],
	['People', 'Who is online, finding people, profiles'],
	['Friends', 'Friendships and requests'],
	['Uploads', 'Files and pictures']
] as const;

const ABOUT = `The HTTP half of Roost's API for programs. The live half is Socket.IO: see
[/asyncapi.json](/asyncapi.json) and [/redoc](/redoc).

- Sign in, or make a token for a bot in the app's settings, and send it as \`Authorization: Bearer <token>\`.
- Times are UTC, written without a zone: \`2026-01-31T08:15:00.000\`.
- Ids are integers. Paths work with and without a slash at their end.
- Every answer that is not 2xx has the same text in \`detail\`, \`error\` and \`message\`.`;

/** Definitions are named once and referred to from everywhere. */
export function createSchemas() {
	const definitions = Object.fromEntries([...schema.NAMED].map(([one, name]) => [name, one]));

	function convert(one: v.GenericSchema, typeMode: 'input' | 'output'): JsonSchema {
		const {
			$schema: _,
			$defs,
			...made
		} = toJsonSchema(one as never, {
			typeMode,
			errorMode: 'ignore',
			target: 'draft-2020-12',
			definitions: definitions as never
		}) as JsonSchema & { $defs?: JsonSchema; $schema?: string };
		void $defs;
		return relink(made) as JsonSchema;
	}

	/** Definitions live among the components of the document. */
	function relink(value: unknown): unknown {
		if (Array.isArray(value)) return value.map(relink);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([key, inner]) => [
				key,
				key === '$ref' && typeof inner === 'string'
					? inner.replace('#/$defs/', '#/components/schemas/')
					: relink(inner)
			])
		);
	}

	/** Named schemas, each by itself, with the others referred to. */
	function components(): Record<string, JsonSchema> {
		return Object.fromEntries(
			[...schema.NAMED].map(([one, name]) => {
				const others = Object.fromEntries(
					Object.entries(definitions).filter(([other]) => other !== name)
				);
				const {
					$schema: _,
					$defs,
					...made
				} = toJsonSchema(one as never, {
					typeMode: 'output',
					errorMode: 'ignore',
					target: 'draft-2020-12',
					definitions: others as never
				}) as JsonSchema & { $defs?: JsonSchema; $schema?: string };
				void $defs;
				return [name, relink(made) as JsonSchema];
			})
		);
	}
	return { convert, components };
}

const inBraces = (path: string) => path.replace(/:(\w+)/g, '{$1}');

/** A name for a call, unique among all: "post_api_rooms_room_join". */
export function operationId(method: string, path: string): string {
	const words = path.split(/[^\w]+/).filter((word) => word !== '');
	return [method.toLowerCase(), ...words].join('_');
}

/** Builds the document for these calls. @param version of the server */
export function openApi(endpoints: readonly Endpoint[], version: string): Document {
	const { convert, components } = createSchemas();

	function parameters(where: 'path' | 'query', one: ObjectSchema | null): JsonSchema[] {
		if (!one) return [];
		const { properties = {}, required = [] } = convert(one, 'input') as {
			properties?: Record<string, JsonSchema>;
			required?: string[];
		};
		return Object.entries(properties).map(([name, { description, ...rest }]) => ({
			name,
			in: where,
			required: where === 'path' || required.includes(name),
			...(description === undefined ? {} : { description }),
			schema: rest
		}));
	}

	function requestBody({ body, form, file }: Endpoint): JsonSchema {
		if (file !== null) {
			const properties = {
				[file]: { type: 'string', contentMediaType: 'application/octet-stream' }
			};
			const made = { type: 'object', properties, required: [file] };
			return {
				requestBody: { required: true, content: { 'multipart/form-data': { schema: made } } }
			};
		}
		if (!body) return {};
		const made = convert(body, 'input');
		const types = form
			? ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']
			: ['application/json'];
		const isNeeded = ((made.required as string[] | undefined) ?? []).length > 0;
		const content = Object.fromEntries(types.map((type) => [type, { schema: made }]));
		return { requestBody: { required: isNeeded, content } };
	}

	function responses({
		answer,
		refusals,
		auth,
		body,
		file,
		path
	}: Endpoint & { path: string }): JsonSchema {
		const failure = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
		const isSignIn = path === '/api/auth/login';
		const ofBody = body || file !== null ? [413, 415, 422] : [];
		const ofToken = auth !== 'open' || isSignIn ? [401] : [];
		const statuses = [...new Set([...refusals, ...ofToken, ...ofBody, 429])].sort();
		return {
			200: {
				description: 'Done',
				content: { 'application/json': { schema: convert(answer, 'output') } }
			},
			...Object.fromEntries(
				statuses.map((status) => [status, { description: REFUSALS[status], content: failure }])
			)
		};
	}

	function operation(endpoint: Endpoint, path: string, isAlias: boolean): JsonSchema {
		const { auth, method, params, query, summary, tag } = endpoint;
		const all = [...parameters('path', params), ...parameters('query', query)];
		return {
			operationId: operationId(method, path),
			tags: [tag],
			summary,
			...(isAlias ? { description: `The same as ${method} ${inBraces(endpoint.paths[0]!)}.` } : {}),
			...(all.length > 0 ? { parameters: all } : {}),
			...requestBody(endpoint),
			responses: responses({ ...endpoint, path }),
			security: auth === 'open' ? [] : auth === 'guest' ? [{ bearer: [] }, {}] : [{ bearer: [] }]
		};
	}

	const paths: Document['paths'] = {};
	for (const endpoint of endpoints) {
		endpoint.paths.forEach((path, i) => {
			const known = (paths[inBraces(path)] ??= {});
			known[endpoint.method.toLowerCase()] = operation(endpoint, path, i > 0);
		});
	}
	paths['/uploads/{kind}/{name}'] = { get: uploadOperation() };
	return {
		openapi: '3.1.0',
		info: {
			title: 'Roost',
			version,
			description: ABOUT,
			license: { name: 'MIT', identifier: 'MIT' }
		},
		servers: [{ url: '/' }],
		tags: TAGS.map(([name, description]) => ({ name, description })),
		paths,
		components: {
			schemas: components(),
			securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }
		}
	};
}

/** The one call that answers bytes. */
function uploadOperation(): JsonSchema {
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
			404: {
				description: REFUSALS[404],
				content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
			}
		},
		security: []
	};
}
