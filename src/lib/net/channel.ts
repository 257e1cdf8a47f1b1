/** Messages between the tabs of one account, by BroadcastChannel. */
import type { Channel, TabMessage } from '../sync/ports.ts';

/** Name of the channel of an account. */
export const tabChannel = (account: string): string => `roost-tabs-${account}`;

/**
 * Opens a channel. Tabs of different releases may be open side by side: a message is passed on as it
 * is, and whoever hears one that it does not know ignores it.
 */
export function broadcastChannel(name: string): Channel {
	const channel = new BroadcastChannel(name);
	const listeners = new Set<(message: TabMessage) => void>();
	channel.onmessage = (event: MessageEvent<TabMessage>) => {
		for (const heard of [...listeners]) heard(event.data);
	};
	let closed = false;
	return {
		post(message) {
			if (!closed) channel.postMessage(message);
		},
		listen(heard) {
			const mine = (message: TabMessage) => heard(message);
			listeners.add(mine);
			return () => void listeners.delete(mine);
		},
		close() {
			closed = true;
			listeners.clear();
			channel.close();
		}
	};
}
