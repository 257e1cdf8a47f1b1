/**
 * What the server tells of itself in numbers, in the words of Prometheus. Labels have few values, all of them ours: never
 * a person, a room, an address or anything that somebody typed. docs/operations.md lists what is told.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; the acknowledgement of a send is to be below 50 ms, a request is answered "busy" after 5 s. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Acts in one commit; an `acts` request carries 100 at most, those of several people share one. */
const ACTS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
/** Bytes of a file, up to the limit of 50 MB. */
const BYTES = [10_000, 100_000, 500_000, 1_000_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000];

/** What is asked for at the moment somebody looks, rather than counted. */
export interface LiveNumbers {
	/** connected sockets of the app's devices, and of the compatible API */
	sockets(): { app: number; compat: number };
	/** people who are online, on any number of devices */
	peopleOnline(): number;
	/** whether other servers are heard of by Redis; true, too, where there is one server */
	isRedisUp(): boolean;
}

/**
 * Makes the numbers of one server: two of them in a process (tests) share none. It is a list, and long for that reason.
 * @param isRead whether anybody may ever read them
 */
export function createMetrics(isRead: boolean) {
	const registry = new Registry();
	const registers = [registry];
	// Node's own are measured by timers and observers that never end.
	if (isRead) collectDefaultMetrics({ register: registry });

	return {
		registry,
		/** Has numbers read when somebody looks, from now on. */
		watch(live: LiveNumbers): void {
			new Gauge({
				name: 'roost_sockets',
				help: 'Sockets that are connected',
				labelNames: ['api'],
				registers,
				collect() {
					const { app, compat } = live.sockets();
					this.set({ api: 'app' }, app);
					this.set({ api: 'compat' }, compat);
				}
			});
			new Gauge({
				name: 'roost_people_online',
				help: 'People with at least one connected device',
				registers,
				collect() {
					this.set(live.peopleOnline());
				}
			});
			new Gauge({
				name: 'roost_redis_up',
				help: 'Whether other servers are heard of by Redis; 1 where there is one server',
				registers,
				collect() {
					this.set(live.isRedisUp() ? 1 : 0);
				}
			});
		},
		missedStreams: new Counter({
			name: 'roost_nodes_missed_streams_total',
			help: 'Streams that had to be read because what another server said of them did not come, or came late',
			registers
		}),
		messages: new Counter({
			name: 'roost_messages_total',
			help: 'Messages that were said',
			registers
		}),
		acts: new Counter({
			name: 'roost_acts_total',
			help: 'Acts of devices by how they ended: accepted, or refused with a code',
			labelNames: ['result'],
			registers
		}),
		requests: new Histogram({
			name: 'roost_request_seconds',
			help: 'Time until a request of a device was answered, over sockets and HTTP, by name and result',
			labelNames: ['name', 'result'],
			buckets: SECONDS,
			registers
		}),
		http: new Histogram({
			name: 'roost_http_request_seconds',
			help: 'Time until an HTTP request was answered, by what it was for and class of its status',
			labelNames: ['area', 'status'],
			buckets: SECONDS,
			registers
		}),
		commitActs: new Histogram({
			name: 'roost_commit_acts',
			help: 'Acts that shared one transaction',
			buckets: ACTS,
			registers
		}),
		commitsFailed: new Counter({
			name: 'roost_commits_failed_total',
			help: 'Transactions of which nothing was written: the disk is full, or the database away',
			registers
		}),
		commitSeconds: new Histogram({
			name: 'roost_commit_seconds',
			help: 'Time of a transaction until it was durable',
			buckets: SECONDS,
			registers
		}),
		fanOutSeconds: new Histogram({
			name: 'roost_fan_out_seconds',
			help: 'Time to hand what was committed to the sockets that may have it, by API',
			labelNames: ['api'],
			buckets: SECONDS,
			registers
		}),
		resets: new Counter({
			name: 'roost_stream_resets_total',
			help: 'Streams that a device had to fetch anew, by why: "hash" is a log that differs from what the device was told',
			labelNames: ['why'],
			registers
		}),
		catchUpPages: new Counter({
			name: 'roost_catch_up_pages_total',
			help: 'Answers about one stream to a device that catches up: a page, a skip to the newest, a reset, gone',
			labelNames: ['type'],
			registers
		}),
		catchUpRows: new Histogram({
			name: 'roost_catch_up_rows',
			help: 'Rows in one page that a device fetched of what it had missed',
			buckets: [0, ...ACTS],
			registers
		}),
		uploads: new Counter({
			name: 'roost_uploads_total',
			help: 'Files by how handing them in ended: stored, or refused with a code',
			labelNames: ['result'],
			registers
		}),
		uploadBytes: new Histogram({
			name: 'roost_upload_bytes',
			help: 'Size of stored files',
			buckets: BYTES,
			registers
		}),
		pushes: new Counter({
			name: 'roost_pushes_total',
			help: 'Notifications by how the push service answered',
			labelNames: ['result'],
			registers
		})
	};
}

export type Metrics = ReturnType<typeof createMetrics>;
