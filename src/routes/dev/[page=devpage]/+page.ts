import type { PageLoad } from './$types';

export const prerender = false;

/** The page is a chunk of its own, which a production build leaves out. */
export const load: PageLoad = async () => ({
	Components: import.meta.env.COMPONENTS
		? (await import('$lib/ui/dev/Components.svelte')).default
		: null
});
