/** The API's documents and the pages that show them, all from our own files (compat-api, "Other pages"). */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { asyncApi } from './asyncapi.ts';
import type { Endpoint } from './endpoint.ts';
import { openApi } from './openapi.ts';
import { referencePage } from './reference.ts';

const require = createRequire(import.meta.url);
const OWN = (name: string) => fileURLToPath(new URL(`../pages/${name}`, import.meta.url));
const SWAGGER = (name: string) => require.resolve(`swagger-ui-dist/${name}`);

/** Address -> file and type. */
const ASSETS: Record<string, readonly [file: string, type: string]> = {
	'swagger-ui-bundle.js': [SWAGGER('swagger-ui-bundle.js'), 'text/javascript; charset=utf-8'],
	'swagger-ui.css': [SWAGGER('swagger-ui.css'), 'text/css; charset=utf-8'],
	'docs.js': [OWN('docs.js'), 'text/javascript; charset=utf-8'],
	'reference.css': [OWN('reference.css'), 'text/css; charset=utf-8']
};
const ASSETS_PATH = '/docs/assets/';

const COMMON = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const POLICY = {
	/** Swagger UI draws icons from data: addresses and asks this server alone. */
	docs: `${COMMON}; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'`,
	reference: `${COMMON}; style-src 'self'; img-src 'self'`
};
/** Where people sign in to the app. */
const SIGN_IN = '/sign-in';

const DOCS = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Roost API</title>
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="${ASSETS_PATH}swagger-ui.css">
<script src="${ASSETS_PATH}swagger-ui-bundle.js" defer></script>
<script src="${ASSETS_PATH}docs.js" defer></script>
</head>
<body>
<div id="docs"></div>
<noscript>This page needs JavaScript; <a href="/redoc">the reference</a> does not.</noscript>
</body>
</html>
`;

function sendPage(reply: FastifyReply, html: string, policy: string) {
	return reply
		.header('content-type', 'text/html; charset=utf-8')
		.header('content-security-policy', policy)
		.send(html);
}

/** @param version of the server */
export function pageRoutes(
	server: FastifyInstance,
	endpoints: readonly Endpoint[],
	version: string
): void {
	const document = openApi(endpoints, version);
	const events = asyncApi(version);
	const reference = referencePage(document, `${ASSETS_PATH}reference.css`);
	server.get('/openapi.json', () => document);
	server.get('/asyncapi.json', () => events);
	for (const path of ['/docs', '/api/docs']) {
		server.get(path, (_request, reply) => sendPage(reply, DOCS, POLICY.docs));
	}
	for (const path of ['/redoc', '/api/redoc']) {
		server.get(path, (_request, reply) => sendPage(reply, reference, POLICY.reference));
	}
	server.get('/auth', (_request, reply) => reply.redirect(SIGN_IN, 302));

	for (const [name, [file, type]] of Object.entries(ASSETS)) {
		const bytes = readFileSync(file);
		const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
		server.get(`${ASSETS_PATH}${name}`, (request, reply) => {
			reply.header('cache-control', 'no-cache').header('etag', etag);
			if (request.headers['if-none-match'] === etag) return reply.code(304).send();
			return reply.header('content-type', type).send(bytes);
		});
	}
}
