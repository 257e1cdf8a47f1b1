/** The number on the tab: the app's own sign with a badge, so that it is seen among many tabs. */

const SIGN = '/favicon.svg';
let sign: Promise<string> | null = null;

/** The sign with a number on it. Pure. @param svg the sign, 64 by 64 */
export function marked(svg: string, count: number): string {
	const text = count > 99 ? '99' : String(count);
	const size = text.length > 1 ? 26 : 32;
	const badge =
		'<circle cx="44" cy="44" r="20" fill="#c8321e" stroke="#fff" stroke-width="3"/>' +
		`<text x="44" y="${44 + size * 0.36}" font-family="sans-serif" font-weight="700" ` +
		`font-size="${size}" text-anchor="middle" fill="#fff">${text}</text>`;
	return svg.replace('</svg>', `${badge}</svg>`);
}

async function readSign(): Promise<string> {
	const answer = await fetch(SIGN);
	if (!answer.ok) throw new TypeError(`the sign cannot be had: ${answer.status}`);
	return answer.text();
}

/** Shows how much is unread; 0: the sign alone. Rejects with TypeError when the sign cannot be had. */
export async function setFaviconBadge(count: number): Promise<void> {
	const link = document.querySelector<HTMLLinkElement>('link[rel="icon"][type="image/svg+xml"]');
	if (!link) return;
	const wanted = String(count);
	link.dataset['count'] = wanted;
	if (count === 0) {
		link.href = SIGN;
		return;
	}
	sign ??= readSign();
	sign.catch(() => (sign = null));
	const svg = await sign;
	// A later number may have come first.
	if (link.dataset['count'] !== wanted) return;
	link.href = `data:image/svg+xml,${encodeURIComponent(marked(svg, count))}`;
}
