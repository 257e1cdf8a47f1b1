/** A third language is one file: here a generated one, compiled as the app's own are. */
import { compile } from '@inlang/paraglide-js';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listLocales, paraglide } from '../../../scripts/paraglide.ts';
import { messagesOf, placeholdersOf, ROOT } from '../../support/messages.ts';
import { pseudo, pseudoMessages } from '../../support/pseudo-language.ts';

type Message = (inputs: Record<string, unknown>, options: { locale: string }) => string;

let folder: string;
let messages: Record<string, Message>;
let locales: readonly string[];

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'roost-languages-'));
	const settings = join(folder, 'project.inlang/settings.json');
	for (const copied of ['messages', 'project.inlang']) {
		cpSync(join(ROOT, copied), join(folder, copied), { recursive: true });
	}
	const text = readFileSync(settings, 'utf8');
	writeFileSync(settings, text.replace('./node_modules', join(ROOT, 'node_modules')));
	writeFileSync(join(folder, 'messages/xx.json'), JSON.stringify(pseudoMessages()));
	listLocales(join(folder, 'messages'), settings);
	const outdir = join(folder, 'generated');
	await compile({
		...paraglide,
		project: join(folder, 'project.inlang'),
		outdir,
		emitTsDeclarations: false
	});
	const load = (file: string): Promise<object> => import(pathToFileURL(join(outdir, file)).href);
	({ m: messages } = (await load('messages.js')) as { m: typeof messages });
	({ locales } = (await load('runtime.js')) as { locales: typeof locales });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the file alone makes it one of the languages', () => {
	expect(locales).toEqual(['en', 'xx', 'zh']);
	expect(messages['language_direction']!({}, { locale: 'xx' })).toBe('rtl');
});

test('every text is said in it', () => {
	const texts = Object.entries(pseudoMessages());
	const said = texts.map(([key, text]) => {
		const inputs = Object.fromEntries(placeholdersOf(text).map((name) => [name, '7']));
		return messages[key]!(inputs, { locale: 'xx' });
	});
	expect(said).toEqual(texts.map(([, text]) => text.replaceAll(/\{\w+\}/gu, '7')));
});

test('its texts are two fifths longer, and no letter is a plain one', () => {
	const english = Object.values(messagesOf('en')).join(' ');
	const text = pseudo(english);
	expect(text.length / english.length).toBeGreaterThan(1.3);
	expect(text.replaceAll(/\{\w+\}/gu, '')).not.toMatch(/[a-z]/iu);
});
