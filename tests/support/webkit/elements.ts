/** Finding elements in a page of WebKit's, in the words of the screen. Runs in the page: it may use nothing from outside. */

/** What is looked for: all of it has to be true. */
export interface Wanted {
	/** selector of the element */
	css: string;
	/** its whole name: its label, else its text */
	name?: string;
	/** a part of its text */
	text?: string;
	/** the element may be one that is not shown, like a field for files */
	isHidden?: boolean;
	/** inside the first element that is this */
	within?: Wanted;
}

/** @returns the elements that are wanted and shown, in the order of the document */
export function findElements(wanted: Wanted): HTMLElement[] {
	const tidy = (text: string | null): string => (text ?? '').replace(/\s+/gu, ' ').trim();
	const nameOf = (element: HTMLElement): string => {
		const labels = 'labels' in element ? [...(element.labels as NodeListOf<HTMLElement>)] : [];
		const label = element.ariaLabel ?? labels[0]?.textContent ?? element.textContent;
		return tidy(label);
	};
	const isShown = (element: HTMLElement): boolean =>
		element.getClientRects().length > 0 && getComputedStyle(element).visibility !== 'hidden';
	const find = ({ css, name, text, isHidden, within }: Wanted): HTMLElement[] => {
		const root = within ? find(within)[0] : document;
		const all = [...(root?.querySelectorAll<HTMLElement>(css) ?? [])];
		return all.filter(
			(element) =>
				(isHidden || isShown(element)) &&
				(name === undefined || nameOf(element) === name) &&
				(text === undefined || tidy(element.textContent).includes(text))
		);
	};
	return find(wanted);
}
