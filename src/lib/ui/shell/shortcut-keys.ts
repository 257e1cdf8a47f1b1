/** How the keys of a shortcut are written on this system. */
export const MOD = /mac|iphone|ipad/iu.test(globalThis.navigator?.userAgent ?? '') ? '⌘' : 'Ctrl';

/** What opens the quick switcher, in one word. */
export const SWITCHER_KEYS = `${MOD} K`;
