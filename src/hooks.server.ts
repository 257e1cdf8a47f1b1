/** Security headers of rendered pages. The policy for scripts travels inside the page. */
import type { Handle } from '@sveltejs/kit';

const HEADERS: Record<string, string> = {
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	'referrer-policy': 'no-referrer',
	'permissions-policy':
		'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin'
};

export const handle: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
	const policy = response.headers.get('content-security-policy');
	if (policy) {
		response.headers.set('content-security-policy', `${policy}; frame-ancestors 'none'`);
	}
	return response;
};
