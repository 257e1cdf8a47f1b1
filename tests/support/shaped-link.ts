/**
 * A line with little room, between a device and a server on this machine: so many bytes a second upwards, cut
 * now and then, sometimes into silence. What happens when follows from a seed.
 */
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** How the line behaves. */
export interface Shape {
	/** bytes a second from the device to the server */
	rate: number;
	/** bytes that pass between two breaks: a random number around this one */
	betweenBreaks: number;
	/** breaks after which the line holds */
	breaks: number;
	/** share of breaks (0..1) after which nothing is said: both ends still take the line for open (NET-2) */
	silent: number;
	/** ms after a break in which nobody gets through */
	away: number;
	seed: number;
}

export interface ShapedLink {
	port: number;
	/** what has gone through so far */
	told(): { sent: number; cuts: number; silences: number };
	stop(): Promise<void>;
}

/** ms between two portions: the bucket holds no more than one, so that there are no bursts. */
const TICK = 20;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function chance(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** @param target port of the server */
export async function startShapedLink(target: number, shape: Shape): Promise<ShapedLink> {
	const random = chance(shape.seed);
	const open = new Set<{ device: Socket; end(): void; mute(): void; pass(room: number): number }>();
	const stats = { sent: 0, cuts: 0, silences: 0 };
	let awayUntil = 0;
	const nextBreak = () =>
		stats.cuts + stats.silences >= shape.breaks
			? Infinity
			: stats.sent + shape.betweenBreaks * (0.3 + 1.4 * random());
	let breakAt = nextBreak();

	const server = createServer((device) => {
		if (performance.now() < awayUntil) return void device.resetAndDestroy();
		const upstream = connect(target, '127.0.0.1');
		let waiting = Buffer.alloc(0);
		let muted = false;
		let ended = false;
		device.on('data', (bytes) => {
			waiting = Buffer.concat([waiting, bytes]);
			// Not read further, so that the device feels how slow it is.
			device.pause();
		});
		upstream.on('data', (bytes) => {
			if (!muted) device.write(bytes);
		});
		const line = {
			device,
			end() {
				open.delete(line);
				device.resetAndDestroy();
				upstream.destroy();
			},
			mute() {
				muted = true;
				// The server finds out by itself, as it would behind a router that forgot the line.
				upstream.destroy();
			},
			pass(room: number) {
				if (muted || waiting.length === 0) return 0;
				const part = waiting.subarray(0, room);
				waiting = waiting.subarray(part.length);
				upstream.write(part);
				if (waiting.length === 0) {
					if (ended) line.end();
					else device.resume();
				}
				return part.length;
			}
		};
		open.add(line);
		for (const side of [device, upstream]) side.setNoDelay(true).on('error', () => undefined);
		device.on('close', () => {
			ended = true;
			if (waiting.length === 0 || muted) line.end();
		});
		upstream.on('close', () => {
			if (!muted) line.end();
		});
	});

	function interrupt(): void {
		const silent = random() < shape.silent;
		stats[silent ? 'silences' : 'cuts'] += 1;
		awayUntil = performance.now() + shape.away;
		for (const line of [...open]) {
			if (silent) line.mute();
			else line.end();
		}
		breakAt = nextBreak();
	}

	let last = performance.now();
	const ticking = setInterval(() => {
		const now = performance.now();
		// A tick that comes late may carry what it missed, but never more than a quarter of a second.
		let room = Math.floor((Math.min(now - last, 250) / 1_000) * shape.rate);
		last = now;
		for (const line of open) {
			const passed = line.pass(room);
			room -= passed;
			stats.sent += passed;
		}
		if (stats.sent >= breakAt) interrupt();
	}, TICK);

	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		told: () => ({ ...stats }),
		async stop() {
			clearInterval(ticking);
			for (const line of [...open]) line.end();
			const closed = once(server, 'close');
			server.close();
			await closed;
		}
	};
}
