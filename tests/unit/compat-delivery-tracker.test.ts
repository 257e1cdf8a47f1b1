/** What has certainly arrived at a client of the compatible API, on a line whose events the test makes. */
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { trackDelivery } from '../../server/compat/socket/delivery-tracker.ts';

/** A transport; a WebSocket keeps the pings that were sent on it. */
class FakeTransport extends EventEmitter {
	readonly name: string;
	writable = false;
	readonly pings: string[] = [];
	readonly socket: (EventEmitter & object) | undefined;
	constructor(name: 'polling' | 'websocket') {
		super();
		this.name = name;
		if (name === 'polling') return;
		this.socket = Object.assign(new EventEmitter(), {
			readyState: 1,
			OPEN: 1,
			ping: (data: string) => void this.pings.push(data)
		});
	}
}

class FakeLine extends EventEmitter {
	readonly writeBuffer: unknown[] = [];
	transport: FakeTransport;
	constructor(name: 'polling' | 'websocket') {
		super();
		this.transport = new FakeTransport(name);
	}
	/** Writes what is waiting, as Engine.IO does. */
	async flush(): Promise<void> {
		this.emit('flush');
		await turn();
	}
	upgrade(): void {
		this.transport = new FakeTransport('websocket');
		this.emit('upgrade', this.transport);
	}
}

it('over WebSocket: when the ping behind it was answered', async () => {
	const line = new FakeLine('websocket');
	let last = 4;
	const arrived = trackDelivery(line, () => last);
	last = 7;
	await line.flush();
	expect(arrived()).toBe(4);
	expect(line.transport.pings).toEqual(['7']);
	line.transport.socket?.emit('pong', Buffer.from('7'));
	expect(arrived()).toBe(7);
	line.transport.socket?.emit('pong', Buffer.from('99'));
	expect(arrived()).toBe(7);
});

it('over polling: when the next poll has come', async () => {
	const line = new FakeLine('polling');
	let last = 4;
	const arrived = trackDelivery(line, () => last);
	last = 7;
	await line.flush();
	expect(arrived()).toBe(4);
	line.transport.writable = true;
	line.transport.emit('ready');
	expect(arrived()).toBe(7);
});

it('over polling, and the line then became a WebSocket on which nothing was said', async () => {
	const line = new FakeLine('polling');
	let last = 4;
	const arrived = trackDelivery(line, () => last);
	last = 7;
	await line.flush();
	last = 9;
	line.upgrade();
	expect(arrived()).toBe(7);
	await line.flush();
	expect(line.transport.pings).toEqual(['9']);
});
