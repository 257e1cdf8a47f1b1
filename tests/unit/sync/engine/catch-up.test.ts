import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Heads, PullAnswer } from '../../../../src/lib/protocol/down.ts';
import type {
	HistoryRequest,
	PullRequest,
	RefreshRequest
} from '../../../../src/lib/protocol/up.ts';
import { CatchUp } from '../../../../src/lib/sync/engine/catch-up.ts';
import { LinkError, type Link } from '../../../../src/lib/sync/ports.ts';
import { card, ME, OTHER } from '../../../contract/rows.ts';
import { microtasks } from '../../../simulator/sim/time.ts';
import { Device, happenings, recount, RoomLog } from '../room-log.ts';

/** A server that knows one room; a page carries so many changes at most. */
class Server {
	readonly asked: string[] = [];
	readonly log: RoomLog;
	private readonly size: number;
	/** who the cookie stands for */
	person = ME;
	/** answers a device that knows nothing with the newest so many messages; 0: never */
	newest = 0;

	constructor(log: RoomLog, size: number) {
		this.log = log;
		this.size = size;
	}

	link(): Link {
		return {
			live: true,
			ask: (async (name: string, ask: unknown) => {
				this.asked.push(name);
				if (name === 'heads') return this.heads();
				if (name === 'pull') return this.pull(ask as PullRequest);
				if (name === 'history') return this.history(ask as HistoryRequest);
				return this.refresh(ask as RefreshRequest);
			}) as Link['ask'],
			watch: () => undefined,
			typing: () => undefined,
			close: () => undefined
		};
	}

	private heads(): Heads {
		const { room, head } = this.log;
		return {
			person: card(this.person),
			instance: 'db',
			generation: 1,
			now: 5_000,
			heads: { [room]: [head, this.log.cursor(head).h, 'room'] }
		};
	}

	private pull({ streams }: PullRequest): PullAnswer {
		const { log } = this;
		return {
			pages: streams.map(({ id, cursor }) => {
				if (id !== log.room) return { type: 'gone', stream: id };
				if (!cursor && this.newest > 0) return log.skip(log.head, this.newest, 0);
				const from = cursor?.s ?? 0;
				return log.page(from, Math.min(from + this.size, log.head), log.head);
			})
		};
	}

	private history({ after, before, end, limit }: HistoryRequest) {
		const inside = this.log
			.rowsAt(this.log.head)
			.filter((row) => row.seq > after && row.seq < before);
		const rows = end === 'top' ? inside.slice(-limit) : inside.slice(0, limit);
		const all = rows.length === inside.length;
		const from = all || end === 'bottom' ? after + 1 : rows[0]!.seq;
		const to = all || end === 'top' ? before - 1 : rows.at(-1)!.seq;
		return this.log.history(from, to, this.log.head);
	}

	private refresh({ part, since }: RefreshRequest) {
		if (part === 'nonMessageRows') return this.log.refresh(1, 0, since, this.log.head);
		return this.log.refresh(part.from, part.to, since, this.log.head);
	}
}

function setUp(log: RoomLog, size: number) {
	const server = new Server(log, size);
	const device = new Device();
	const catchUp = new CatchUp(device.replica, ME, () => 1_000);
	return { server, device, catchUp, link: server.link() };
}

describe('catching up', () => {
	test('ends up to date whatever a page carries, and asks no more than it has to (C7)', async () => {
		await fc.assert(
			fc.asyncProperty(happenings(1, 20), fc.integer({ min: 1, max: 8 }), async (what, size) => {
				const log = new RoomLog(what);
				const { server, device, catchUp, link } = setUp(log, size);
				expect(await catchUp.askHeads(link)).toBe(4_000);
				expect(catchUp.behind).toBe(true);
				await catchUp.pull(link, null);
				expect(catchUp.behind).toBe(false);
				expect(await device.rows(log.room)).toEqual(log.rowsAt(log.head));
				expect(device.state(log.room)).toMatchObject(recount(log.rowsAt(log.head), 0));
				expect(server.asked.filter((name) => name === 'pull')).toHaveLength(
					Math.ceil(log.head / size)
				);
				await catchUp.askHeads(link);
				expect(catchUp.behind).toBe(false);
			})
		);
	});

	test('after skipping to the newest, holes are fetched from either end, and all is there', async () => {
		const ends = fc.array(fc.constantFrom('top' as const, 'bottom' as const), { minLength: 1 });
		await fc.assert(
			fc.asyncProperty(happenings(1, 25), ends, async (what, turns) => {
				const log = new RoomLog(what);
				const { server, device, catchUp, link } = setUp(log, 50);
				server.newest = 2;
				await catchUp.askHeads(link);
				await catchUp.pull(link, log.room);
				const request = { room: log.room, after: 0, before: log.head + 1 };
				for (
					let i = 0;
					await catchUp.fetchHistory(link, { ...request, end: turns[i % turns.length]! });
					i++
				);
				await catchUp.refresh(link);
				expect(await device.rows(log.room)).toEqual(log.rowsAt(log.head));
				expect(device.state(log.room)?.nonMessageAsOf).toBe(null);
			})
		);
	});

	test('one pull is under way at a time, however often it is asked for (C6)', async () => {
		await fc.assert(
			fc.asyncProperty(happenings(1, 20), fc.integer({ min: 1, max: 4 }), async (what, size) => {
				const log = new RoomLog(what);
				const { device, catchUp, link } = setUp(log, size);
				let [underWay, most] = [0, 0];
				const slow: Link = {
					...link,
					ask: (async (name: 'pull', ask: PullRequest) => {
						most = Math.max(most, ++underWay);
						await microtasks();
						underWay--;
						return link.ask(name, ask);
					}) as Link['ask']
				};
				await catchUp.askHeads(slow);
				await Promise.all([1, 2, 3].map(() => catchUp.pull(slow, null)));
				expect(most).toBe(1);
				expect(await device.rows(log.room)).toEqual(log.rowsAt(log.head));
			}),
			{ numRuns: 20 }
		);
	});

	test('an answer for somebody else is the end of this account’s session (promise 14)', async () => {
		const { server, catchUp, link } = setUp(new RoomLog([{ kind: 'post', target: 0 }]), 5);
		server.person = OTHER;
		const asked = catchUp.askHeads(link);
		await expect(asked).rejects.toBeInstanceOf(LinkError);
		await expect(asked).rejects.toMatchObject({
			fault: { kind: 'refused', refusal: { code: 'session_ended' } }
		});
	});
});
