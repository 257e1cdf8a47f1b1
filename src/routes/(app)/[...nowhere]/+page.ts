/** Every address that is not one of the app's own gets the shell, and only says so. */
export const prerender = false;
