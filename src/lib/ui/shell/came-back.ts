/** Whether the reader came to where they are by the way back (or forward), and so expects it as they left it. */

let isBack = false;

/** To be told of every navigation before it begins. @param type as SvelteKit names it */
export function noteNavigation(type: string): void {
	isBack = type === 'popstate';
}

export const cameBack = (): boolean => isBack;
