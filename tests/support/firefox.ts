/** What Firefox's driver lacks and the tests need: a network for each browser that can be taken away whole. */
import type { Browser, BrowserContext } from '@playwright/test';
import { startLine } from './socks.ts';

/**
 * Puts a line of its own under each of this browser's contexts and has `setOffline` cut it, too: the driver's own
 * switch reaches neither sockets nor the service worker.
 */
export function giveOwnNetworks(browser: Browser): void {
	const newContext = browser.newContext.bind(browser);
	browser.newContext = async (options = {}): Promise<BrowserContext> => {
		const line = await startLine();
		const context = await newContext({ ...options, proxy: { server: line.address } });
		const setOffline = context.setOffline.bind(context);
		context.setOffline = async (isOffline): Promise<void> => {
			if (isOffline) line.cut();
			else line.restore();
			await setOffline(isOffline);
		};
		context.on('close', () => void line.stop());
		return context;
	};
}
