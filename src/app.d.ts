/// <reference types="vite/client" />
/// <reference types="vite-plugin-pwa/client" />

declare global {
	namespace App {
		interface Error {
			message: string;
		}
	}
}

export {};
