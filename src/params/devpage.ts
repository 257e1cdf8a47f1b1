/** Pages for those who work on the app: in development, and in a build with ROOST_COMPONENTS=1. Elsewhere there are none. */
export const match = (name: string): boolean => import.meta.env.COMPONENTS && name === 'components';
