/**
 * Nothing is rendered per person: one empty shell serves every path, is prerendered once and kept
 * by the service worker. Paths with a parameter get the same shell from the server.
 */
export const ssr = false;
export const prerender = 'auto';
export const trailingSlash = 'ignore';
