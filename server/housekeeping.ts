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
	/** Called with numbers of rooms whose messages are gone. */
	onErased: (rooms: number[]) => void;
}

/** Runs the first round at once. @returns stops it; resolves when the round that was running has ended */
export function startHousekeeping(options: HousekeepingOptions): () => Promise<void> {
	const { clock, log, sessions, devices, passwordLinks, pushStore, files } = options;
	const { sweepRooms, onErased, pruneLog } = options;
	let stopSteps = () => {};
	let stopRounds = () => {};
	let running: Promise<unknown> = Promise.resolve();
	/** null: none is under way */
	let step: Promise<void> | null = null;
	let isStopped = false;

	async function sweepSome(): Promise<void> {
		const { isMore, rooms } = await sweepRooms();
		onErased(rooms);
		const isLonger = await pruneLog(clock.now());
		if ((isMore || isLonger) && !isStopped) stopSteps = clock.after(STEP_PAUSE, sweepStep);
	}

	function sweepStep(): void {
		step ??= sweepSome()
			.catch((error: unknown) =>
				log.error({ err: error }, 'deleted rooms and the old log were not swept')
			)
			.finally(() => {
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
