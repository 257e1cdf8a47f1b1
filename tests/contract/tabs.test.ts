import { describe } from 'vitest';
import { broadcastChannel, tabChannel } from '../../src/lib/net/channel.ts';
import { leaderLock, webLock } from '../../src/lib/net/tab-lock.ts';
import { MemoryTabs } from '../../src/lib/sync/memory/memory-tabs.ts';
import { id } from './rows.ts';
import { channelContract, lockContract } from './tabs.ts';
import { suite } from './vitest-suite.ts';

describe('Lock in memory', () => {
	lockContract(suite, () => {
		const tabs = new MemoryTabs();
		return { tab: () => tabs.lock() };
	});
});

describe('Lock on Web Locks', () => {
	lockContract(suite, () => {
		const name = leaderLock(id());
		return { tab: () => webLock(name) };
	});
});

describe('Channel in memory', () => {
	channelContract(suite, () => {
		const tabs = new MemoryTabs();
		return { tab: () => tabs.channel() };
	});
});

describe('Channel on BroadcastChannel', () => {
	channelContract(suite, () => {
		const name = tabChannel(id());
		return { tab: () => broadcastChannel(name) };
	});
});
