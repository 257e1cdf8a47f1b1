/** The last net: an error nobody expected becomes a page that says so, and a line in the browser's console. */
import type { HandleClientError } from '@sveltejs/kit';
import { m } from '$lib/i18n/messages';

export const handleError: HandleClientError = ({ error, status }) => {
	if (status === 404) return { message: m.error_not_found() };
	reportError(error);
	return { message: m.error_unexpected() };
};
