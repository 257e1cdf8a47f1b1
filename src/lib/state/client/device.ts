/** How much this device keeps, and keeping it within its budget while the app runs. */
import type { MessageRow } from '../../protocol/change.ts';
import type { PersonId, RoomId } from '../../protocol/ids.ts';
import { LIMITS } from '../../protocol/limits.ts';
import type { Cache } from '../../db/cache.ts';
import { keepPolicies, MONTH, setKeepPolicy, type KeepPolicy } from '../../db/keep-policies.ts';
import { forgetFiles, roomSizes, type RoomSize } from '../../db/room-sizes.ts';
import {
	budgetFor,
	canPersist,
	estimate,
	heldMessages,
	isPersistent,
	persist,
	trimBefore,
	trimHistory,
	trimRoom
} from '../../db/storage-health.ts';
import { browserClock } from '../../net/browser.ts';
import type { FetchRequest } from '../../sync/ports.ts';
import type { ClientSearch } from './search.ts';
import { takeAlong, type TakenAlong } from './take-along.ts';
export type { KeepPolicy } from '../../db/keep-policies.ts';
export type { TakenAlong } from './take-along.ts';

/** What one conversation takes on this device, and how much of it is kept. */
export interface RoomUsage extends RoomSize {
	policy: KeepPolicy;
}

/** Bytes this site keeps on the device, as the browser estimates; null where it does not say. */
export interface StorageUsage {
	used: number | null;
	quota: number | null;
	/** whether the browser promised not to evict it */
	persistent: boolean;
	/** whether the browser can be asked for that promise */
	canPersist: boolean;
	/** messages kept per room, the most first */
	rooms: { id: RoomId; messages: number }[];
}

export interface ClientDevice {
	storage(): Promise<StorageUsage>;
	/** What each conversation takes, the largest first. Goes through all messages with files: not for every screen. */
	rooms(): Promise<RoomUsage[]>;
	/** Throws away the files of a room, and its messages but for the newest page and what is unread. */
	wipeRoom(room: RoomId): Promise<void>;
	/** How much of a room is kept from now on; what is too much goes at once. */
	setKeepPolicy(room: RoomId, policy: KeepPolicy): Promise<void>;
	/** Fetches all of a room, see take-along.ts. */
	takeAlong(room: RoomId, signal: AbortSignal, tell: (progress: TakenAlong) => void): Promise<void>;
	/** Asks the browser to keep the data for good; answers whether it will. */
	persist(): Promise<boolean>;
}

/** ms after opening, when the first screen is there, and before anybody misses anything. */
const STRAYS_AFTER = 2_000;
/** ms after opening, when the first screen is long there; then between two looks. */
const FIRST_LOOK = 60_000;
const NEXT_LOOK = 3_600_000;

interface DeviceParts {
	cache: Cache;
	me: PersonId;
	/** finds the messages that carry files */
	search: Pick<ClientSearch, 'onDevice'>;
	/** server time in ms, as far as known */
	now: () => number;
	/** notes how far a room is read */
	markRead: (room: RoomId, upto: number) => Promise<void>;
	fetchHistory: (request: FetchRequest | null) => void;
}

/** Messages with files that are looked at, over all rooms. */
const FILE_MESSAGES_MAX = 20_000;

/** Messages on this device that carry files. @param room only of this one */
async function withFiles({ search }: DeviceParts, room?: RoomId): Promise<MessageRow[]> {
	const within = room ? { rooms: [room] } : {};
	const asked = { query: '', hasFile: true, limit: FILE_MESSAGES_MAX, ...within } as const;
	return (await search.onDevice(asked)).rows;
}

/** Room -> ids of its files. */
function filesByRoom(rows: readonly MessageRow[]): Map<RoomId, string[]> {
	const files = new Map<RoomId, string[]>();
	for (const { room, files: carried = [] } of rows) {
		const ids = files.get(room) ?? [];
		ids.push(...carried.map(({ id }) => id));
		files.set(room, ids);
	}
	return files;
}

/** What is kept, in bytes and messages. */
async function usage(cache: Cache): Promise<StorageUsage> {
	const [{ used, quota }, persistent, held] = await Promise.all([
		estimate(),
		isPersistent(),
		heldMessages(cache)
	]);
	const rooms = [...held]
		.map(([id, messages]) => ({ id, messages }))
		.sort((a, b) => b.messages - a.messages);
	return { used, quota, persistent, canPersist: canPersist(), rooms };
}

async function roomUsages(parts: DeviceParts): Promise<RoomUsage[]> {
	const { cache, me } = parts;
	const [rows, states] = await Promise.all([withFiles(parts), cache.streams()]);
	const policies = keepPolicies(me);
	const sizes = await roomSizes(cache, states, filesByRoom(rows));
	return sizes.map((size) => ({ ...size, policy: policies[size.id] ?? 'all' }));
}

/** Throws away what a room has beyond what is to be kept of it. */
async function applyPolicy(
	{ cache, me, now }: Pick<DeviceParts, 'cache' | 'me' | 'now'>,
	room: RoomId,
	policy: KeepPolicy
): Promise<void> {
	if (policy === 'newest') await trimRoom(cache, me, room, LIMITS.pageMessages);
	else if (policy === 'month') {
		await trimBefore(cache, me, room, now() - MONTH, LIMITS.pageMessages);
	}
}

export function createDevice(parts: DeviceParts): ClientDevice {
	const { cache, me, markRead } = parts;
	return {
		storage: () => usage(cache),
		rooms: () => roomUsages(parts),
		async wipeRoom(room) {
			const files = filesByRoom(await withFiles(parts, room)).get(room) ?? [];
			const state = await cache.stream(room);
			// Nothing unread is there: what lies behind may count as read, so that it can go.
			if (state?.unread === 0 && state.cursor) await markRead(room, state.cursor.s);
			await trimRoom(cache, me, room, LIMITS.pageMessages);
			await forgetFiles(files);
		},
		async setKeepPolicy(room, policy) {
			setKeepPolicy(me, room, policy);
			await applyPolicy(parts, room, policy);
		},
		takeAlong: (room, signal, tell) =>
			takeAlong(
				{
					cache,
					fetchHistory: parts.fetchHistory,
					filesOf: async (id) => (await withFiles(parts, id)).flatMap(({ files }) => files ?? [])
				},
				room,
				signal,
				tell
			),
		persist: async () => (await isPersistent()) || (await persist())
	};
}

/**
 * Trims history from time to time, in the tab that leads; the answer ends it.
 * @param leads whether this tab is the one
 */
export function keepInBudget(
	parts: Pick<DeviceParts, 'cache' | 'me' | 'now'>,
	leads: () => boolean,
	onError: (error: unknown) => void
): () => void {
	const { cache, me } = parts;
	async function look(): Promise<void> {
		if (!leads()) return;
		for (const [room, policy] of Object.entries(keepPolicies(me))) {
			await applyPolicy(parts, room, policy);
		}
		const held = [...(await heldMessages(cache)).values()].reduce((sum, count) => sum + count, 0);
		await trimHistory(cache, me, budgetFor(held, await estimate()));
	}
	let ended = false;
	let cancel = () => {};
	function plan(ms: number): void {
		if (ended) return;
		cancel = browserClock.after(ms, () => {
			look()
				.catch((error: unknown) => {
					// What was under way when the client was closed has nothing left to read.
					if (!ended) onError(error);
				})
				.finally(() => plan(NEXT_LOOK));
		});
	}
	plan(FIRST_LOOK);
	return () => {
		ended = true;
		cancel();
	};
}

/** Looks once for messages that have lost their place; the answer ends it. */
export function repairStrays(cache: Cache, onError: (error: unknown) => void): () => void {
	let hasEnded = false;
	const cancel = browserClock.after(STRAYS_AFTER, () => {
		cache.findStrays().catch((error: unknown) => {
			if (!hasEnded) onError(error);
		});
	});
	return () => {
		hasEnded = true;
		cancel();
	};
}
