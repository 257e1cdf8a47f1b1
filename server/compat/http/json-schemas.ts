/** The schemas by which requests are checked, as JSON Schema for the documents. */
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import * as schema from '../schemas.ts';

export type JsonSchema = Record<string, unknown>;

/** Schemas that have a name: written once, among the components, and referred to from everywhere. */
const DEFINITIONS: Record<string, v.GenericSchema> = Object.fromEntries(
	[...schema.NAMED].map(([one, name]) => [name, one])
);

/** The JSON Schema of what is sent ("input") or answered ("output"). */
export function toSchema(one: v.GenericSchema, mode: 'input' | 'output'): JsonSchema {
	return convert(one, mode, DEFINITIONS);
}

/** Named schemas, each by itself, with the others referred to. */
export function namedSchemas(): Record<string, JsonSchema> {
	return Object.fromEntries(
		Object.entries(DEFINITIONS).map(([name, one]) => {
			const { [name]: _itself, ...others } = DEFINITIONS;
			return [name, convert(one, 'output', others)];
		})
	);
}

function convert(
	one: v.GenericSchema,
	typeMode: 'input' | 'output',
	definitions: Record<string, v.GenericSchema>
): JsonSchema {
	const made = toJsonSchema(one as never, {
		typeMode,
		errorMode: 'ignore',
		target: 'draft-2020-12',
		definitions: definitions as never
	}) as JsonSchema;
	const { $schema: _dialect, $defs: _definitions, ...rest } = made;
	return relink(rest) as JsonSchema;
}

/** Makes references lead to the components of the document. */
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
