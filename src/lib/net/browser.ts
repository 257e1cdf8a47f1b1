/** The world as a browser shows it: time, chance, and what ties the tabs of an account together. */
import { broadcastChannel, tabChannel } from './channel.ts';
import { leaderLock, webLock } from './tab-lock.ts';
import { MemoryTabs } from '../sync/memory/memory-tabs.ts';
import type { Channel, Clock, Lock, Random } from '../sync/ports.ts';

export const browserClock: Clock = {
	now: () => Date.now(),
	elapsed: () => performance.now(),
	after(ms, run) {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	}
};

export const browserRandom: Random = {
	next: () => crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32,
	bytes: (count) => crypto.getRandomValues(new Uint8Array(count))
};

/**
 * The lock of an account's leader. Where the browser has none (a page served without TLS), or where
 * the tab keeps its cache to itself, every tab leads itself.
 */
export function lockFor(account: string, isShared: boolean): Lock {
	return isShared && 'locks' in navigator ? webLock(leaderLock(account)) : new MemoryTabs().lock();
}

/** The lock of the tab that sounds for an account: one at a time. */
export function soundLockFor(account: string, isShared: boolean): Lock {
	return isShared && 'locks' in navigator
		? webLock(`roost-sound-${account}`)
		: new MemoryTabs().lock();
}

/** The channel of an account's tabs; a tab that keeps its cache to itself also keeps to itself. */
export function channelFor(account: string, isShared: boolean): Channel {
	return isShared && 'BroadcastChannel' in globalThis
		? broadcastChannel(tabChannel(account))
		: new MemoryTabs().channel();
}
