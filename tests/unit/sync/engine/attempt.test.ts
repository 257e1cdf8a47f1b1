import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Frame } from '../../../../src/lib/protocol/down.ts';
import { LIMITS } from '../../../../src/lib/protocol/limits.ts';
import { refuse } from '../../../../src/lib/protocol/refusal.ts';
import { Attempt } from '../../../../src/lib/sync/engine/attempt.ts';
import type { LinkSession } from '../../../../src/lib/sync/engine/link-session.ts';
import {
	LinkError,
	type Link,
	type LinkEvents,
	type LinkFault,
	type Transport
} from '../../../../src/lib/sync/ports.ts';
import { VirtualTime } from '../../../simulator/sim/time.ts';

const REFUSED: LinkFault = { kind: 'refused', refusal: refuse('session_ended') };
const failing = (fault: LinkFault): Transport => ({
	connect: () => Promise.reject(new LinkError(fault))
});
const linkOf = (live: boolean) => ({
	live,
	ask: vi.fn<Link['ask']>(),
	watch: vi.fn<Link['watch']>(),
	typing: vi.fn<Link['typing']>(),
	close: vi.fn<Link['close']>()
});

let time: VirtualTime;
let ends: (LinkFault | null)[];
let frames: Frame[];
let errors: unknown[];
const endSession = vi.fn();

beforeEach(() => {
	time = new VirtualTime();
	ends = [];
	frames = [];
	errors = [];
	endSession.mockReset();
});

function attempt(...transports: Transport[]): Attempt {
	return new Attempt({
		transports,
		clock: { now: () => 0, elapsed: () => time.ms, after: (ms, run) => time.after(ms, run) },
		presence: () => undefined,
		typing: () => undefined,
		call: () => undefined,
		begin: () =>
			({ frame: (frame: Frame) => frames.push(frame), end: endSession }) as unknown as LinkSession,
		ended: (reason) => ends.push(reason),
		onError: (error) => errors.push(error)
	});
}

describe('an attempt', () => {
	test('takes the first transport that connects', async () => {
		const link = linkOf(true);
		const made = attempt(failing({ kind: 'unreachable' }), { connect: async () => link });
		await time.advance(0);
		expect([made.link, ends]).toEqual([link, []]);
	});

	test('ends with what the preferred transport says, but for an explicit refusal', async () => {
		const captive = failing({ kind: 'captive' });
		attempt(captive, failing({ kind: 'unreachable' }));
		attempt(captive, failing(REFUSED), failing({ kind: 'unreachable' }));
		await time.advance(0);
		expect(ends).toEqual(expect.arrayContaining([{ kind: 'captive' }, REFUSED]));
		expect(ends).toHaveLength(2);
	});

	test('ends although a transport hangs, and closes the link that comes too late', async () => {
		const link = linkOf(true);
		let connected: (link: Link) => void = () => undefined;
		attempt({ connect: () => new Promise((resolve) => (connected = resolve)) });
		await time.advance(LIMITS.requestDeadline);
		expect(ends).toEqual([{ kind: 'unreachable' }]);
		connected(link);
		await time.advance(0);
		expect(link.close).toHaveBeenCalledOnce();
	});

	test('gives frames that come before its session to it, and ends once', async () => {
		const link = linkOf(true);
		const frame = { stream: 'room' } as Frame;
		let events: LinkEvents | undefined;
		const made = attempt({
			async connect(given) {
				events = given;
				given.frame(frame);
				return link;
			}
		});
		await time.advance(0);
		expect(frames).toEqual([frame]);
		events?.down({ kind: 'unreachable' });
		made.end(null);
		expect([ends, endSession.mock.calls.length]).toEqual([[{ kind: 'unreachable' }], 1]);
		expect([made.link, made.session]).toEqual([null, null]);
	});

	test('on a link without frames ends after a while, for the preferred transport', async () => {
		attempt({ connect: async () => linkOf(false) });
		attempt({ connect: async () => linkOf(true) });
		await time.advance(3_600_000);
		expect(ends).toEqual([null]);
	});

	test('reports an unexpected error, and is over', async () => {
		const error = new TypeError('a bug');
		attempt({ connect: () => Promise.reject(error) });
		await time.advance(0);
		expect([errors, ends]).toEqual([[error], [{ kind: 'unreachable' }]]);
	});
});
