import { redirect } from '@sveltejs/kit';

/** An address of earlier systems that people have bookmarked. */
export function load(): never {
	redirect(307, '/rooms');
}
