/** What can be chosen of how the app looks; the first of each is the usual one. */

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export const ACCENTS = ['orange', 'rose', 'violet', 'blue', 'green'] as const;
export const DENSITIES = ['comfortable', 'compact'] as const;
export const TEXT_SIZES = ['normal', 'small', 'large', 'larger'] as const;
