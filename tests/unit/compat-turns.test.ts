/** The queue in which events of the compatible API are made (docs/decisions/0016-store-ports.md). */
import { expect, it, vi } from 'vitest';
import { Turns, TurnsClosedError, WAITING_MAX } from '../../server/compat/socket/turns.ts';
import { createProgress } from '../../server/compat/socket/progress.ts';

/** Something that is read when the test says so. */
function gate() {
	let open: () => void = () => undefined;
	const opened = new Promise<void>((resolve) => (open = resolve));
	return { opened, open: () => open() };
}

/** A clock that stands still. */
const never = { after: () => () => undefined };

it('sends in the order in which turns were taken, however long reading takes', async () => {
	const turns = new Turns(never);
	const slow = gate();
	const sent: string[] = [];
	const first = turns.take(async () => {
		await slow.opened;
		return () => sent.push('first');
	});
	const second = turns.take(async () => () => sent.push('second'));
	slow.open();
	await Promise.all([first, second]);
	expect(sent).toEqual(['first', 'second']);
});

it('has passed when the turns taken before are over, and not before', async () => {
	const turns = new Turns(never);
	const slow = gate();
	const sent: string[] = [];
	void turns.take(async () => {
		await slow.opened;
		return () => sent.push('event');
	});
	const acknowledged = turns.passed().then(() => sent.push('acknowledgement'));
	slow.open();
	await acknowledged;
	expect(sent).toEqual(['event', 'acknowledgement']);
});

it('tells whoever took a turn that it failed, and goes on', async () => {
	const turns = new Turns(never);
	const failed = turns.take(() => Promise.reject(new Error('no answer')));
	const next = turns.take(async () => () => 'sent');
	await expect(failed).rejects.toThrow('no answer');
	expect(await next).toBe('sent');
});

it('goes on when a turn reads for too long, and tells whoever took it, or does what that one does instead', async () => {
	const timers = new Set<() => void>();
	const turns = new Turns({
		after(ms, run) {
			expect(ms).toBe(5_000);
			timers.add(run);
			return () => timers.delete(run);
		}
	});
	const hang = () => new Promise<() => string>(() => undefined);
	const begun = gate();
	const late = turns.take(() => {
		begun.open();
		return hang();
	});
	const givenUp = turns.take(hang, (error) => `instead: ${String(error)}`);
	const next = turns.take(async () => () => 'sent');
	const told = expect(late).rejects.toThrow('5000 ms');
	await begun.opened;
	for (const run of timers) run();
	await told;
	await vi.waitFor(() => expect(timers.size).toBe(1));
	for (const run of timers) run();
	expect(await givenUp).toContain('instead: Error: a turn has read');
	expect(await next).toBe('sent');
	expect(timers.size).toBe(0);
});

it('once closed refuses turns, those that wait included, and waits for the one that runs', async () => {
	const turns = new Turns(never);
	const slow = gate();
	const begun = gate();
	const sent: string[] = [];
	const running = turns.take(async () => {
		begun.open();
		await slow.opened;
		return () => sent.push('running');
	});
	const waiting = turns.take(async () => () => sent.push('waiting'));
	const refused = expect(waiting).rejects.toThrow(TurnsClosedError);
	await begun.opened;
	const closed = turns.close().then(() => sent.push('closed'));
	await expect(turns.take(async () => () => sent.push('late'))).rejects.toThrow(TurnsClosedError);
	slow.open();
	await Promise.all([running, closed, refused]);
	expect(sent).toEqual(['running', 'closed']);
});

it('what is taken while a thousand wait is not read: it gives up, or is refused, and the queue shrinks', async () => {
	const turns = new Turns(never);
	const slow = gate();
	let read = 0;
	const one = async () => {
		await slow.opened;
		read++;
		return () => undefined;
	};
	const all = Array.from({ length: WAITING_MAX }, () => turns.take(one));
	const refused = expect(turns.take(one)).rejects.toMatchObject({ refusal: { code: 'busy' } });
	const givenUp = turns.take<unknown>(one, () => 'instead');
	slow.open();
	await Promise.all(all);
	await refused;
	expect(await givenUp).toBe('instead');
	expect(read).toBe(WAITING_MAX);
	expect(await turns.take(async () => () => 'sent')).toBe('sent');
});

it('what was given up was told, but was not sent', () => {
	const progress = createProgress(4);
	progress.givenUp(6);
	expect([progress.told, progress.sent]).toEqual([6, 4]);
	progress.reached(7);
	expect([progress.told, progress.sent]).toEqual([7, 7]);
});
