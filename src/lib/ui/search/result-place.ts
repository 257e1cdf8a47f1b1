/** Where the reader of a list of results is: at a result, as their heights change while more of them is read. */

interface ResultPlace {
	/** address of the first result in view */
	href: string;
	/** px from the upper edge of what scrolls to it */
	offset: number;
}

const linksIn = (scroller: HTMLElement): HTMLAnchorElement[] =>
	Array.from(scroller.querySelectorAll<HTMLAnchorElement>('li a'));
const offsetOf = (link: HTMLElement, scroller: HTMLElement): number =>
	link.getBoundingClientRect().top - scroller.getBoundingClientRect().top;

/** null: at the top, where nothing has to be brought back. */
export function placeIn(scroller: HTMLElement): ResultPlace | null {
	if (scroller.scrollTop <= 0) return null;
	const first = linksIn(scroller).find((link) => offsetOf(link, scroller) >= 0);
	const href = first?.getAttribute('href');
	return first && href ? { href, offset: offsetOf(first, scroller) } : null;
}

/** Scrolls to a place. @returns false: its result is not there (yet) */
export function bringTo(scroller: HTMLElement, { href, offset }: ResultPlace): boolean {
	const link = linksIn(scroller).find((one) => one.getAttribute('href') === href);
	if (link) scroller.scrollTop += offsetOf(link, scroller) - offset;
	return link !== undefined;
}
