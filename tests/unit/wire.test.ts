/**
 * The wire does not change by accident. A digest of everything that travels is written down
 * in wire.json beside the protocol version. After a change that is meant: raise PROTOCOL_VERSION and
 * tell its story in version.ts where an older device would misunderstand, then run this test once
 * with UPDATE_WIRE=1 to write the shape down anew.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as admin from '../../src/lib/protocol/admin.ts';
import * as change from '../../src/lib/protocol/change.ts';
import * as compare from '../../src/lib/protocol/compare.ts';
import * as down from '../../src/lib/protocol/down.ts';
import * as http from '../../src/lib/protocol/http.ts';
import * as push from '../../src/lib/protocol/push.ts';
import * as refusal from '../../src/lib/protocol/refusal.ts';
import * as server from '../../src/lib/protocol/server-view.ts';
import * as search from '../../src/lib/protocol/search.ts';
import * as up from '../../src/lib/protocol/up.ts';
import { APP_NAMESPACE, REQUEST_NAMES } from '../../src/lib/protocol/events.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import { PROTOCOL_VERSION } from '../../src/lib/protocol/version.ts';

const FILE = fileURLToPath(new URL('wire.json', import.meta.url));

/** Everything of a schema that decides what passes. Functions are left out: they have no shape. */
function shape(value: unknown): unknown {
	if (value instanceof RegExp) return String(value);
	if (typeof value === 'bigint') return `${value}n`;
	if (Array.isArray(value)) return value.map(shape);
	if (typeof value !== 'object' || value === null) return value;
	const parts = Object.entries(value)
		.filter(([key, part]) => typeof part !== 'function' && !IRRELEVANT.has(key))
		.map(([key, part]) => [key, shape(part)] as const)
		.filter(([, part]) => part !== undefined);
	return Object.fromEntries(parts.sort(([a], [b]) => (a < b ? -1 : 1)));
}
/** Valibot's own bookkeeping. */
const IRRELEVANT = new Set([
	'kind',
	'async',
	'expects',
	'message',
	'reference',
	'~standard',
	'~run'
]);

const digest = (value: unknown) =>
	createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

const isSchema = (value: unknown) =>
	typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';

function shapes(module: Record<string, unknown>): Record<string, unknown> {
	const schemas = Object.entries(module).filter(([, value]) => isSchema(value));
	return Object.fromEntries(schemas.map(([name, schema]) => [name, digest(shape(schema))]));
}

it('says what it said in this version of the protocol (promise 15)', () => {
	const wire = {
		version: PROTOCOL_VERSION,
		namespace: APP_NAMESPACE,
		requests: REQUEST_NAMES,
		headers: [http.VERSION_HEADER, http.DEVICE_HEADER, http.PERSON_HEADER],
		limits: LIMITS,
		refusals: refusal.REFUSALS,
		...{ change: shapes(change), up: shapes(up), down: shapes(down), http: shapes(http) },
		...{ push: shapes(push), admin: shapes(admin), server: shapes(server) },
		...{ search: shapes(search), compare: shapes(compare) }
	};
	const now = JSON.parse(JSON.stringify(wire)) as unknown;
	if (process.env.UPDATE_WIRE) writeFileSync(FILE, `${JSON.stringify(now, null, '\t')}\n`);
	expect(existsSync(FILE), 'run once with UPDATE_WIRE=1').toBe(true);
	expect(now, 'the wire changed: see the head of tests/unit/wire.test.ts').toEqual(
		JSON.parse(readFileSync(FILE, 'utf8'))
	);
});
