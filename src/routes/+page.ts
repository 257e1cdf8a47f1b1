/** The one shell that is prerendered; every other path is served the same. */
export const prerender = true;
