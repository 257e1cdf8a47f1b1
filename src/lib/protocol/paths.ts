/**
 * Paths of the server that more than one part knows: the server's routes, the app's network code, and the
 * service worker. A path never contains the query.
 */

/** Root of both APIs, the app's and the compatible one. Nothing under it is ever a page. */
export const API_ROOT = '/api';
/** Socket.IO's own path; with the slash, as Socket.IO wants it. */
export const SOCKET_PATH = '/socket.io/';
/** Resumable uploads (tus) of the app. */
export const FILE_UPLOAD_PATH = '/api/files/upload';
/** The poster of a film that was handed in. */
export const posterPath = (file: string): string => `/api/files/${file}/poster`;
/** Uploads by form, of the compatible API. */
export const FORM_UPLOAD_PATH = '/api/upload';
/** Files that were uploaded through the compatible API, and profile pictures. */
const UPLOADS_ROOT = '/uploads';
export const AVATARS_ROOT = `${UPLOADS_ROOT}/avatars`;
/**
 * Where other apps share into this one, by a form that the service worker takes, and where the place for it is
 * chosen; also in static/manifest.webmanifest.
 */
export const SHARE_PATH = '/share';
/** What the system reads that installs the app. */
export const MANIFEST_PATH = '/manifest.webmanifest';
/** The icon of a server that has one of its own. */
export const SERVER_ICON_ROOT = '/api/server/icon';
/** The server's numbers, for Prometheus. */
export const METRICS_PATH = '/metrics';
/** Where SvelteKit puts what the app is made of (its `appDir`). */
export const ASSETS_ROOT = '/_app';

/** Documents of the compatible API that people open in a browser, and an old address for signing in. */
export const COMPAT_PAGES = [
	'/docs',
	'/redoc',
	'/openapi.json',
	'/asyncapi.json',
	'/auth',
	UPLOADS_ROOT
] as const;
/** Everything under these paths is answered by the compatible API, unknown paths included. */
export const COMPAT_ROOTS = [
	...COMPAT_PAGES,
	FORM_UPLOAD_PATH,
	'/api/auth',
	'/api/users',
	'/api/rooms',
	'/api/messages',
	'/api/friends',
	'/api/direct',
	'/api/docs',
	'/api/redoc'
] as const;

/** Whether a path is this one, or below it. */
export function isUnder(root: string, path: string): boolean {
	return path === root || path.startsWith(`${root}/`);
}

/** The path of a request's address, without the query. */
export function pathOf(url: string | undefined): string {
	return (url ?? '/').split('?', 1)[0]!;
}
