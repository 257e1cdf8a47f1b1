/** Asking the browser to send what is queued while no page is open. */

/** Name under which pages ask for background sync, and the worker recognises it. */
export const OUTBOX_SYNC = 'roost-outbox';

/** The part of a registration that TypeScript's DOM library does not know. */
interface WithSync {
	sync?: { register(tag: string): Promise<void> };
}

/** Asks the browser to let the worker send what is queued, where it offers that. */
export function askForBackgroundSync(onError: (error: unknown) => void): void {
	// `ready` never resolves where no worker is registered, so it is not waited for.
	const registration = navigator.serviceWorker?.getRegistration() ?? Promise.resolve(undefined);
	registration
		.then((found) => (found?.active ? (found as WithSync).sync?.register(OUTBOX_SYNC) : undefined))
		.catch((error: unknown) => {
			// The person may have forbidden background sync; the next open tab sends instead.
			if (!(error instanceof DOMException)) onError(error);
		});
}
