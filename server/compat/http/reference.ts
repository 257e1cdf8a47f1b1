/** The reading page: all calls, events and objects on one page without scripts. */
import { eventsOf } from './asyncapi.ts';
import type { JsonSchema } from './json-schemas.ts';
import type { Document } from './openapi.ts';

const escaped = (text: string): string =>
	text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const nameIn = (ref: string) => ref.slice(ref.lastIndexOf('/') + 1);

/** A schema as a person writes it: { id: integer, name?: string }. */
function written(one: JsonSchema, indent = ''): string {
	if (typeof one.$ref === 'string') return nameIn(one.$ref);
	if (Array.isArray(one.enum)) return one.enum.map((value) => JSON.stringify(value)).join(' | ');
	if ('const' in one) return JSON.stringify(one.const);
	const choices = (one.anyOf ?? one.oneOf) as JsonSchema[] | undefined;
	if (choices) return [...new Set(choices.map((choice) => written(choice, indent)))].join(' | ');
	if (one.type === 'array') return `${written((one.items ?? {}) as JsonSchema, indent)}[]`;
	if (one.type !== 'object') return typeof one.type === 'string' ? one.type : 'anything';
	const needed = (one.required as string[] | undefined) ?? [];
	const inner = `${indent}  `;
	const lines = Object.entries((one.properties ?? {}) as Record<string, JsonSchema>).map(
		([name, value]) => {
			const note = typeof value.description === 'string' ? `  // ${value.description}` : '';
			return `${inner}${name}${needed.includes(name) ? '' : '?'}: ${written(value, inner)}${note}`;
		}
	);
	return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
}

interface Operation {
	operationId: string;
	tags: string[];
	summary: string;
	description?: string;
	parameters?: { name: string; in: string; schema: JsonSchema; description?: string }[];
	requestBody?: { content: Record<string, { schema: JsonSchema }> };
	responses: Record<
		string,
		{ description: string; content?: Record<string, { schema: JsonSchema }> }
	>;
}
interface Listed extends Operation {
	method: string;
	path: string;
}

type Event = ReturnType<typeof eventsOf>[number];

const block = (title: string, text: string) =>
	`<details><summary>${escaped(title)}</summary><pre>${escaped(text)}</pre></details>`;

function call({ method, path, ...operation }: Listed): string {
	const parameters = (operation.parameters ?? []).map(
		({ name, in: where, schema, description }) =>
			`${name} (${where}): ${written(schema)}${description ? `  // ${description}` : ''}`
	);
	const bodies = Object.entries(operation.requestBody?.content ?? {});
	const answer = Object.values(operation.responses['200']?.content ?? {})[0]?.schema ?? {};
	const refusals = Object.entries(operation.responses)
		.filter(([status]) => Number(status) >= 400)
		.map(([status, { description }]) => `${status}  ${description}`);
	return `<article id="${operation.operationId}">
<h3><span class="method">${method.toUpperCase()}</span> ${escaped(path)}</h3>
<p>${escaped([operation.summary, operation.description].filter(Boolean).join('. '))}</p>
${parameters.length > 0 ? `<pre>${escaped(parameters.join('\n'))}</pre>` : ''}
${bodies[0] ? block(`Body (${bodies.map(([type]) => type).join(', ')})`, written(bodies[0][1].schema)) : ''}
${block('Answer', written(answer))}
${refusals.length > 0 ? block('Refusals', refusals.join('\n')) : ''}
<a href="/docs#/${encodeURIComponent(operation.tags[0]!)}/${operation.operationId}">Try it</a>
</article>`;
}

function event({ name, said, payload, up }: Event): string {
	return `<article id="${up ? 'client' : 'server'}_${name}">
<h3><span class="method">${up ? 'emit' : 'on'}</span> ${escaped(name)}</h3>
<p>${escaped(said)}</p>
${payload.type === 'null' ? '' : block('Payload', written(payload))}
</article>`;
}

interface Contents {
	tags: { name: string; description: string; calls: Listed[] }[];
	up: Event[];
	down: Event[];
	objects: [name: string, schema: JsonSchema][];
}

/** @param stylesheet address of the page's only other file */
export function referencePage(document: Document, stylesheet: string): string {
	const contents = contentsOf(document);
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Roost API reference</title>
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="${stylesheet}">
</head>
<body>
<div class="frame">
${navigation(contents)}
${main(contents)}
</div>
</body>
</html>
`;
}

function contentsOf(document: Document): Contents {
	const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, one]): Listed => ({
			...(one as Operation),
			method,
			path
		}))
	);
	const tags = document.tags as { name: string; description: string }[];
	const events = eventsOf();
	const { schemas } = document.components as { schemas: Record<string, JsonSchema> };
	return {
		tags: tags.map((tag) => ({ ...tag, calls: calls.filter((one) => one.tags[0] === tag.name) })),
		up: events.filter((one) => one.up),
		down: events.filter((one) => !one.up),
		objects: Object.entries(schemas)
	};
}

function navigation({ tags, up, down, objects }: Contents): string {
	const calls = tags.map((tag) =>
		list(
			tag.name,
			tag.calls.map((one) => link(one.operationId, `${one.method.toUpperCase()} ${one.path}`))
		)
	);
	const objectLinks = objects.map(([name]) => link(`object_${name}`, name));
	return `<nav aria-label="Contents">
${calls.join('')}
${list('Events you emit', up.map(eventLink))}
${list('Events you hear', down.map(eventLink))}
${list('Objects', objectLinks)}
</nav>`;
}

const link = (id: string, text: string) => `<a href="#${id}">${escaped(text)}</a>`;

const eventLink = (one: Event) => link(`${one.up ? 'client' : 'server'}_${one.name}`, one.name);

const list = (title: string, links: string[]) =>
	`<strong>${escaped(title)}</strong><ul>${links.map((one) => `<li>${one}</li>`).join('')}</ul>`;

function main({ tags, up, down, objects }: Contents): string {
	const sections = tags.map(({ name, description, calls }) =>
		section(name, `<p>${escaped(description)}</p>${calls.map(call).join('')}`)
	);
	return `<main>
<h1>Roost API</h1>
<p>Calls over HTTP and events over Socket.IO for programs and bots. Send a token as
<code>Authorization: Bearer &lt;token&gt;</code>; sockets show it as <code>auth.token</code>.
Times are UTC without a zone. Every refusal has its text in <code>detail</code>, <code>error</code> and
<code>message</code>. Try calls on the <a href="/docs">interactive page</a>; programs read
<a href="/openapi.json">openapi.json</a> and <a href="/asyncapi.json">asyncapi.json</a>.</p>
${sections.join('')}
${section('Events you emit', up.map(event).join(''))}
${section('Events you hear', down.map(event).join(''))}
${section('Objects', objects.map(object).join(''))}
</main>`;
}

const section = (title: string, html: string) =>
	`<section><h2>${escaped(title)}</h2>${html}</section>`;

const object = ([name, one]: [name: string, schema: JsonSchema]) =>
	`<article id="object_${name}"><h3>${escaped(name)}</h3><pre>${escaped(written(one))}</pre></article>`;
