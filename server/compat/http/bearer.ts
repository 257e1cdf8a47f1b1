/** Bearer tokens in requests (RFC 6750). */
const BEARER = /^Bearer +([^\s]+) *$/i;

/** The token in an Authorization header; null when there is none. */
export function bearerIn(header: string | undefined): string | null {
	return BEARER.exec(header ?? '')?.[1] ?? null;
}
