/** The last hour in numbers, for the admin pages: in memory, of this process, and never more than that. */
import type { Numbers, Sample } from '../../src/lib/protocol/admin.ts';
import type { Clock } from '../domain/ports.ts';
import type { LiveNumbers, Metrics } from './metrics.ts';

/** ms between two samples, and how many are kept: an hour. */
const EVERY = 10_000;
const KEPT = 360;

/** Answers of which whoever runs the server should know. */
const ERRORS: ReadonlySet<unknown> = new Set(['server_fault', 'busy']);

interface HistoryOptions {
	metrics: Metrics;
	live: LiveNumbers;
	clock: Clock;
	/** called when a sample could not be taken */
	onError: (error: unknown) => void;
}

export interface History {
	/** The samples after a moment (ms). */
	since(at: number): Numbers;
	stop(): void;
}

/** What is only ever counted up. */
interface Totals {
	messages: number;
	requests: number;
	errors: number;
	commits: number;
	commitSeconds: number;
}

async function totalsOf({ messages, requests, commitSeconds }: Metrics): Promise<Totals> {
	const said = (await messages.get()).values;
	const counts = (await requests.get()).values.filter(({ metricName }) =>
		metricName?.endsWith('_count')
	);
	const commits = (await commitSeconds.get()).values;
	const sum = (list: { value: number }[]) => list.reduce((all, { value }) => all + value, 0);
	const ending = (end: string) => sum(commits.filter((one) => one.metricName?.endsWith(end)));
	return {
		messages: sum(said),
		requests: sum(counts),
		errors: sum(counts.filter(({ labels }) => ERRORS.has(labels['result']))),
		commits: ending('_count'),
		commitSeconds: ending('_sum')
	};
}

/** Begins to take samples. */
export function startHistory({ metrics, live, clock, onError }: HistoryOptions): History {
	const samples: Sample[] = [];
	let before: Totals | null = null;
	let isStopped = false;
	let stopTimer = () => {};

	async function take(): Promise<void> {
		const now = await totalsOf(metrics);
		const { app, compat } = live.sockets();
		const last = before ?? now;
		before = now;
		const commits = now.commits - last.commits;
		samples.push({
			at: clock.now(),
			online: live.peopleOnline(),
			sockets: app + compat,
			messages: now.messages - last.messages,
			requests: now.requests - last.requests,
			errors: now.errors - last.errors,
			commit: commits === 0 ? 0 : ((now.commitSeconds - last.commitSeconds) / commits) * 1_000,
			memory: process.memoryUsage.rss()
		});
		if (samples.length > KEPT) samples.shift();
	}

	function tick(): void {
		void take()
			.catch(onError)
			.finally(() => {
				if (!isStopped) stopTimer = clock.after(EVERY, tick);
			});
	}

	tick();
	return {
		since: (at) => ({ every: EVERY, samples: samples.filter((sample) => sample.at > at) }),
		stop() {
			isStopped = true;
			stopTimer();
		}
	};
}
