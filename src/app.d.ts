/// <reference types="vite/client" />
/// <reference types="vite-plugin-pwa/client" />

declare global {
	interface ImportMetaEnv {
		/** whether there is a page of all components (vite.config.ts) */
		readonly COMPONENTS: boolean;
	}
	namespace App {
		interface Error {
			message: string;
		}
		/** What an entry of the browser's history keeps besides its address. */
		interface PageState {
			/** something is open on top of the page, and going back closes it */
			isOverlay?: boolean;
			/** a search: what stands behind the "?" of its address, how many results were shown, and at which the reader was */
			search?: { address: string; limit: number; at: { href: string; offset: number } | null };
			/** where the reader of a conversation was before they jumped; null: at its end */
			place?: { room: string; at: { seq: number; bottom: number } | null };
		}
	}
}

export {};
