/**
 * The pages by which an export is read from a disk. Everything that somebody wrote travels as data: a script that calls
 * one function with one string, in which nothing can end the string or the script; the viewer makes text of it, never
 * HTML. The policy lets no other script, no address and no form do anything.
 */

/** Nothing but what lies beside the page; `file:` is what browsers take for "beside" on a disk. */
const POLICY = [
	"default-src 'none'",
	"script-src 'self' file:",
	"style-src 'self' file:",
	"img-src 'self' file:",
	"media-src 'self' file:",
	"base-uri 'none'",
	"form-action 'none'"
].join('; ');

const ESCAPES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;'
};
/** A text as HTML that shows it. */
export const escaped = (text: string): string => text.replace(/[&<>"']/gu, (one) => ESCAPES[one]!);

/** Data as a script that hands it to the viewer. */
export function dataScript(data: unknown): string {
	const quoted = JSON.stringify(JSON.stringify(data));
	const harmless = quoted.replace(
		/[<>&\u2028\u2029]/gu,
		(one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`
	);
	return `roostData(${harmless});\n`;
}

interface PageParts {
	title: string;
	/** BCP 47 */
	language: string;
	/** path to the top of the export, with its slash: "" or "../" */
	top: string;
	/** scripts with data, beside the page */
	data: readonly string[];
}

/** A page that shows data with the viewer. */
export function viewerPage({ title, language, top, data }: PageParts): string {
	const scripts = [`${top}viewer/viewer.js`, ...data];
	return `<!doctype html>
<html lang="${escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="${top}viewer/viewer.css">
</head>
<body>
<main></main>
${scripts.map((src) => `<script src="${escaped(src)}"></script>`).join('\n')}
</body>
</html>
`;
}
