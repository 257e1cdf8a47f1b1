/**
 * Security headers, set once for every answer that leaves this process: API, errors, uploads, pages, assets,
 * Socket.IO's polling. They are set on Node's response before anything else sees the request.
 *
 * Not @fastify/helmet: it sees replies of Fastify only, but tus, Socket.IO and the page handler write to the
 * response themselves; nor does it know Permissions-Policy.
 */
import type { Server } from 'node:http';

/** Two years in seconds, as preload lists ask for. */
const HSTS_MAX_AGE = 63_072_000;

const HEADERS: Readonly<Record<string, string>> = {
	// The policy for scripts travels inside the app's page; framing can only be forbidden by a header.
	'content-security-policy': "frame-ancestors 'none'",
	'x-frame-options': 'DENY',
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'permissions-policy':
		'camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), ' +
		'geolocation=(), payment=(), usb=(), browsing-topics=()',
	'cross-origin-opener-policy': 'same-origin',
	// The compatible API replaces it: its answers are for pages of other origins, too.
	'cross-origin-resource-policy': 'same-origin'
};

/** For files that people uploaded, opened as a page of their own: no script, no origin, no frame. */
export const FILE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'";

/** @param secure whether people come over https */
export function securityHeaders(secure: boolean): Readonly<Record<string, string>> {
	if (!secure) return HEADERS;
	return { ...HEADERS, 'strict-transport-security': `max-age=${HSTS_MAX_AGE}` };
}

/** Call after all other request listeners were added, Socket.IO's included: this one has to run first. */
export function setSecurityHeaders(server: Server, secure: boolean): void {
	const headers = Object.entries(securityHeaders(secure));
	server.prependListener('request', (_request, response) => {
		for (const [name, value] of headers) response.setHeader(name, value);
	});
}
