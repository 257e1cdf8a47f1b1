/**
 * Pages that the server answers and the app knows nothing of: the documents of its API and files that
 * were handed in through it. The app's shell in their place would only say that there is no such page.
 */
const SERVED = /^\/(docs|redoc|auth|openapi\.json|asyncapi\.json|uploads)(\/|$)/;

/** Whether a navigation has to reach the server. */
export function isServerPage(url: URL): boolean {
	return SERVED.test(url.pathname);
}
