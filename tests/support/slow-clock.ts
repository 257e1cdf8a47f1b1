/**
 * Preloaded into a process whose clock is to begin at ROOST_CLOCK (ms) and hardly to move: what happens later is
 * later, and all of it in the same minute.
 */
const begin = Number(process.env['ROOST_CLOCK']);
/** Real ms that one ms takes. */
const SLOWER = 10;
const now = (): number => begin + Math.floor(performance.now() / SLOWER);

globalThis.Date = new Proxy(Date, {
	construct: (real, args: []) => (args.length === 0 ? new real(now()) : new real(...args)),
	get: (real, key) => (key === 'now' ? now : (Reflect.get(real, key) as unknown))
});
