/** The call in a small window of its own, above all others, where the browser has such windows (Document Picture-in-Picture). */
import { mount, unmount, type Component } from 'svelte';

interface PictureInPicture {
	requestWindow(size: { width: number; height: number }): Promise<Window>;
}
const browser = globalThis as unknown as { documentPictureInPicture?: PictureInPicture };

class CallWindow {
	#window = $state.raw<Window | null>(null);

	/** Whether this browser has such windows. */
	readonly isKnown = 'documentPictureInPicture' in globalThis;

	get isOpen(): boolean {
		return this.#window !== null;
	}

	/** After a press. Whoever is refused stays where they are. */
	async open<P extends Record<string, unknown>>(stage: Component<P>, props: P): Promise<void> {
		const size = { width: 380, height: 460 };
		const own = await browser.documentPictureInPicture?.requestWindow(size);
		if (!own) return;
		for (const style of document.querySelectorAll('link[rel="stylesheet"], style')) {
			own.document.head.append(style.cloneNode(true));
		}
		const { dataset, lang, dir } = document.documentElement;
		Object.assign(own.document.documentElement.dataset, dataset);
		Object.assign(own.document.documentElement, { lang, dir });
		own.document.body.style.cssText = 'margin:0;height:100vh;display:flex';
		const mounted = mount(stage, { target: own.document.body, props });
		own.addEventListener('pagehide', () => {
			this.#window = null;
			void unmount(mounted);
		});
		this.#window = own;
	}

	close(): void {
		this.#window?.close();
	}
}

export const callWindow = new CallWindow();
