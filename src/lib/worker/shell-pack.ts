/**
 * The pack: scripts and styles of a build in one file. What a first visit keeps is some 190 files, and asking for
 * each of them costs a slow line a minute and any device more work than all the rest of the visit.
 */

/** Where the pack of a build lies: scripts/shell-pack.ts makes it. */
const PACK = /\/pack\.[^/]+\.json$/u;
/** Headers that tell of the pack itself; all others hold for each file in it, too. */
const ABOUT_THE_PACK = [
	'content-type',
	'content-length',
	'content-encoding',
	'etag',
	'last-modified'
];
const TYPES: Record<string, string> = {
	js: 'text/javascript',
	css: 'text/css'
};

/** @param path of a file, from the root */
export function isPack(path: string): boolean {
	return PACK.test(path);
}

function answerFor(path: string, text: string, about: Headers): Response | null {
	const type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
	if (type === undefined) return null;
	const headers = new Headers(about);
	for (const name of ABOUT_THE_PACK) headers.delete(name);
	headers.set('content-type', type);
	return new Response(text, { headers });
}

/**
 * What a pack holds: path from the root -> the answer that asking for that file alone would bring.
 * Rejects with TypeError when the line breaks, and with SyntaxError when it is no pack.
 */
export async function readPack(answer: Response): Promise<Map<string, Response>> {
	const texts: unknown = await answer.json();
	if (typeof texts !== 'object' || texts === null) throw new SyntaxError('this is no pack');
	const answers = new Map<string, Response>();
	for (const [path, text] of Object.entries(texts)) {
		const file = typeof text === 'string' ? answerFor(path, text, answer.headers) : null;
		if (file) answers.set(path, file);
	}
	return answers;
}
