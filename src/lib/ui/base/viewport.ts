/**
 * The height that is really visible. On phones the keyboard shrinks the visual viewport without
 * shrinking the page; following it keeps the message field above the keyboard.
 */
export function followViewport(root: HTMLElement): () => void {
	const viewport = window.visualViewport;
	if (!viewport) return () => undefined;
	const apply = (): void => {
		// Zoomed in by fingers: the page keeps its height, or it would shrink under them.
		if (viewport.scale > 1.01) return;
		root.style.setProperty('--view-height', `${viewport.height}px`);
		// iOS scrolls the page under the keyboard; the app has nothing to scroll to.
		if (viewport.offsetTop > 0) window.scrollTo(0, 0);
	};
	apply();
	viewport.addEventListener('resize', apply);
	viewport.addEventListener('scroll', apply);
	return () => {
		viewport.removeEventListener('resize', apply);
		viewport.removeEventListener('scroll', apply);
		root.style.removeProperty('--view-height');
	};
}
