/** The OpenAPI 3.1 document, made of the schemas by which requests are checked. */
import type { Endpoint } from './endpoint.ts';
import { namedSchemas } from './json-schemas.ts';
import { inBraces, operationOf, uploadOperation } from './openapi-operation.ts';

export type Document = Record<string, unknown> & { paths: Record<string, Record<string, unknown>> };

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

/** Builds the document for these calls. @param version of the server */
export function openApi(endpoints: readonly Endpoint[], version: string): Document {
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
		paths: { ...pathsOf(endpoints), '/uploads/{kind}/{name}': { get: uploadOperation() } },
		components: {
			schemas: namedSchemas(),
			securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }
		}
	};
}

function pathsOf(endpoints: readonly Endpoint[]): Document['paths'] {
	const paths: Document['paths'] = {};
	for (const endpoint of endpoints) {
		for (const path of endpoint.paths) {
			const methods = (paths[inBraces(path)] ??= {});
			methods[endpoint.method.toLowerCase()] = operationOf(endpoint, path);
		}
	}
	return paths;
}
