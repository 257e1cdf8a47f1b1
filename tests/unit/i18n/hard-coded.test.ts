/** Nothing that people see or hear stands in the code itself: every word is a message, in every language. */
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';
import { readSource, sources } from '../../support/messages.ts';

/** Attributes and properties of our components that end up on screen or in a screen reader. */
const SAID = new Set(
	`alt title label placeholder lead hint text name-text summary
	aria-label aria-description aria-roledescription aria-valuetext aria-placeholder`.split(/\s+/u)
);

/** The app's name, and keys of the keyboard, which are called so in every language. */
const NAMES = /\bRoost\b|\bCtrl K\b/gu;

const hasWords = (text: string): boolean => /\p{L}/u.test(text.replace(NAMES, ''));

type Node = { type: string } & Record<string, unknown>;

const isNode = (value: unknown): value is Node =>
	typeof value === 'object' && value !== null && 'type' in value;

/** Texts that an expression may come to without asking for a message. */
function literalsIn(node: Node): string[] {
	const inside = (...keys: string[]): string[] =>
		keys.flatMap((key) => [node[key]].flat().filter(isNode).flatMap(literalsIn));
	switch (node.type) {
		case 'Literal':
			return typeof node['value'] === 'string' ? [node['value']] : [];
		case 'TemplateElement':
			return [(node['value'] as { cooked: string }).cooked];
		case 'TemplateLiteral':
			return inside('quasis', 'expressions');
		case 'ConditionalExpression':
			return inside('consequent', 'alternate');
		case 'BinaryExpression':
			return node['operator'] === '+' ? inside('left', 'right') : [];
		case 'LogicalExpression':
			return inside('left', 'right');
		case 'ArrayExpression':
			return inside('elements');
		case 'Text':
			return [node['data'] as string];
		case 'ExpressionTag':
			return inside('expression');
		default:
			return [];
	}
}

/** Words in the markup of a component that come from nowhere but the markup. */
function hardCoded(source: string): string[] {
	const found: string[] = [];
	const visit = (value: unknown): void => {
		if (Array.isArray(value)) value.forEach(visit);
		if (!isNode(value)) return;
		const { type } = value;
		if (type === 'Text' || type === 'ExpressionTag') {
			found.push(...literalsIn(value));
		} else if (type === 'Attribute') {
			if (!SAID.has(value['name'] as string)) return;
			found.push(...[value['value']].flat().filter(isNode).flatMap(literalsIn));
		} else if (!type.endsWith('Directive')) {
			Object.values(value).forEach(visit);
		}
	};
	visit((parse(source, { modern: true }) as AST.Root).fragment);
	return found.filter(hasWords).map((text) => text.trim());
}

describe('what is found', () => {
	test.each([
		['<p>Hello</p>', 'Hello'],
		['<p>你好</p>', '你好'],
		['{#if a}<b>Hello</b>{/if}', 'Hello'],
		['<Panel title="Hello" />', 'Hello'],
		['<a aria-label={a ? m.a() : "Hello"}>{b}</a>', 'Hello'],
		['{#snippet a()}{count + " Hello"}{/snippet}', 'Hello'],
		['<img alt={`Hello ${name}`} />', 'Hello'],
		['{#each list as a (a)}<input placeholder="Hello" />{/each}', 'Hello']
	])('%s', (source, text) => {
		expect(hardCoded(source)).toEqual([text]);
	});
	test.each([
		'<p class="words">{m.hello()} · 12</p>',
		'<a href="/rooms" aria-current="page">→</a>'
	])('not %s', (source) => {
		expect(hardCoded(source)).toEqual([]);
	});
});

test.each(sources(/\.svelte$/u))('%s', (file) => {
	expect(hardCoded(readSource(file))).toEqual([]);
});

test('toasts, and attributes that are set in code', () => {
	const set =
		/(?:toasts\.show\(|(?:ariaLabel|title|alt|placeholder) = |'(?:aria-label|title)', )['"`]/u;
	const files = sources(/\.(svelte|ts)$/u).filter((file) => set.test(readSource(file)));
	expect(files).toEqual([]);
});
