/** Checks what the compatible API answers against what it says of itself, and notes what was asked. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { call, type CallOptions, type Json, type Reply } from './compat.ts';
import type { TestServer } from './server.ts';

const DOCUMENT = 'roost.json';
const pointer = (...parts: string[]) =>
	parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

export interface Contract {
	document: Json;
	/** Calls, and rejects when the answer is none that the document promises. */
	call(path: string, options?: CallOptions): Promise<Reply>;
	/** Documented calls that were answered with 200, as "GET /api/rooms/". */
	done: Set<string>;
	/** All documented calls. */
	all: string[];
}

/** Reads the document of a running server. */
export async function contractOf(server: Pick<TestServer, 'port'>): Promise<Contract> {
	const { body: document } = await call(server, '/openapi.json');
	const ajv = new Ajv2020({ strict: false, allErrors: true });
	ajv.addSchema(document, DOCUMENT);
	const compiled = new Map<string, ValidateFunction>();
	const done = new Set<string>();
	const templates = Object.keys(document.paths).map((path) => ({
		path,
		// Fixed parts before parameters: /rooms/join is no room called "join".
		fixed: path.split('/').filter((part) => part !== '' && !part.startsWith('{')).length,
		matches: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+').replace(/\/$/, '')}/?$`)
	}));

	function operationOf(method: string, path: string): string | null {
		const bare = path.split('?')[0]!;
		const fitting = templates
			.filter((one) => one.matches.test(bare) && document.paths[one.path][method.toLowerCase()])
			.sort((a, b) => b.fixed - a.fixed);
		return fitting[0]?.path ?? null;
	}

	function checked(method: string, template: string, reply: Reply): void {
		const { responses } = document.paths[template][method.toLowerCase()];
		const response = responses[reply.status];
		if (!response) throw new Error(`${method} ${template} answers ${reply.status}, undocumented`);
		const [type] = Object.keys(response.content);
		if (type !== 'application/json') return;
		const where = pointer(
			...['paths', template, method.toLowerCase(), 'responses', String(reply.status)],
			...['content', type, 'schema']
		);
		let validate = compiled.get(where);
		if (!validate) {
			validate = ajv.compile({ $ref: `${DOCUMENT}#${where}` });
			compiled.set(where, validate);
		}
		if (validate(reply.body)) return;
		throw new Error(
			`${method} ${template} ${reply.status}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(reply.body)}`
		);
	}

	return {
		document,
		done,
		all: Object.entries(document.paths as Record<string, object>).flatMap(([path, methods]) =>
			Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
		),
		async call(path, options = {}) {
			const reply = await call(server, path, options);
			const method = options.method ?? (options.body === undefined ? 'GET' : 'POST');
			const template = operationOf(method, path);
			if (!template) return reply;
			checked(method, template, reply);
			if (reply.status === 200) done.add(`${method} ${template}`);
			return reply;
		}
	};
}
