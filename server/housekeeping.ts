/** What the server removes by itself from time to time: expired sessions, ended subscriptions, deleted things. */
import type { KnownDevices } from './auth/known-devices.ts';
import type { PasswordLinks } from './auth/password-links.ts';
import type { Sessions } from './auth/sessions.ts';
import type { Clock } from './domain/ports.ts';
import type { Files } from './files/file-service.ts';
import type { Log } from './log.ts';
import type { PushStore } from './push/push-store.ts';

/** ms between two rounds. */
const ROUND_EVERY = 3_600_000;
/** ms between two steps of removing the messages of deleted rooms and the old log, with room for requests in between. */
const STEP_PAUSE = 20;

interface HousekeepingOptions {
	clock: Clock;
	log: Log;
	sessions: Pick<Sessions, 'removeExpired'>;
	devices: Pick<KnownDevices, 'removeExpired'>;
	passwordLinks: Pick<PasswordLinks, 'removeExpired'>;
	pushStore: Pick<PushStore, 'removeEnded'>;
	files: Pick<Files, 'sweep'>;
	/** Removes some messages of rooms that were deleted long ago; answers whether there may be more, and which rooms. */
	sweepRooms: () => Promise<{ isMore: boolean; rooms: number[] }>;
	/** Removes some of the log that is older than it has to be; answers whether there may be more. */
	pruneLog: (now: number) => Promise<boolean>;
	/** Ends accounts whose time has come, and empties some of what was said by them; answers whether there is more. */
	endAccounts: () => Promise<boolean>;
	/** Called with numbers of rooms whose messages are gone. */
	onErased: (rooms: number[]) => void;
}

/** Runs the first round at once. @returns stops it; resolves when the round that was running has ended */
export function startHousekeeping(options: HousekeepingOptions): () => Promise<void> {
	const { clock, log, sessions, devices, passwordLinks, pushStore, files } = options;
	const { sweepRooms, onErased, pruneLog, endAccounts } = options;
	let stopSteps = () => {};
	let stopRounds = () => {};
	let running: Promise<unknown> = Promise.resolve();
	/** null: none is under way */
	let step: Promise<void> | null = null;
	let isStopped = false;

	/** What can be done in steps, each whether there may be more; the fault of one keeps no other from its step. */
	const stepwise: [string, () => Promise<boolean>][] = [
		['deleted rooms were not swept', sweepDeleted],
		['the old log was not pruned', () => pruneLog(clock.now())],
		['accounts were not ended', endAccounts]
	];

	async function sweepDeleted(): Promise<boolean> {
		const { isMore, rooms } = await sweepRooms();
		onErased(rooms);
		return isMore;
	}

	async function sweepSome(): Promise<void> {
		let isMore = false;
		for (const [fault, run] of stepwise) {
			try {
				isMore = (await run()) || isMore;
			} catch (error) {
				log.error({ err: error }, fault);
			}
		}
		if (isMore && !isStopped) stopSteps = clock.after(STEP_PAUSE, sweepStep);
	}

	function sweepStep(): void {
		step ??= sweepSome().finally(() => {
			step = null;
		});
	}

	async function removeExpired(): Promise<void> {
		await sessions.removeExpired();
		await devices.removeExpired();
		await passwordLinks.removeExpired(clock.now());
		await pushStore.removeEnded(clock.now());
	}

	function round(): void {
		stopSteps();
		sweepStep();
		running = Promise.all([
			removeExpired().catch((error: unknown) => {
				log.error({ err: error }, 'sessions were not swept');
			}),
			files.sweep().catch((error: unknown) => log.error({ err: error }, 'files were not swept'))
		]);
		stopRounds = clock.after(ROUND_EVERY, round);
	}

	round();
	return async () => {
		isStopped = true;
		stopRounds();
		stopSteps();
		await Promise.all([running, step]);
	};
}
