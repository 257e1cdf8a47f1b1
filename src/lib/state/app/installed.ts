/** Whether this window is that of the installed app. */
export const isInstalled = (): boolean =>
	matchMedia('(display-mode: standalone), (display-mode: window-controls-overlay)').matches ||
	// Safari on phones says it in a way of its own.
	(navigator as { standalone?: boolean }).standalone === true;
