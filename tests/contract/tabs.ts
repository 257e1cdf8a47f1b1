/** What every Lock and every Channel must do (docs/protocol.md, "Many tabs, one device"). */
import type { Channel, Lock, TabMessage } from '../../src/lib/sync/ports.ts';
import type { Suite } from './suite.ts';

/** Hands out any number of tabs of one browser, new for each test. */
export interface LockFixture {
	tab(): Lock;
}
export interface ChannelFixture {
	tab(): Channel;
}

/** A promise to be kept from outside. */
function gate(): { open: () => void; passed: Promise<void> } {
	let open = () => {};
	const passed = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { open, passed };
}
const until = (signal: AbortSignal) =>
	new Promise<void>((resolve) => {
		if (signal.aborted) resolve();
		signal.addEventListener('abort', () => resolve());
	});

export function lockContract({ test, expect, waitFor }: Suite, make: () => LockFixture): void {
	test('one of four tabs leads, and the next one follows when it is done', async () => {
		const browser = make();
		const stop = new AbortController();
		const order: number[] = [];
		let leading = 0;
		let most = 0;
		const tabs = [1, 2, 3, 4].map((n) =>
			browser.tab().hold(async () => {
				most = Math.max(most, ++leading);
				order.push(n);
				await Promise.resolve();
				leading--;
			}, stop.signal)
		);
		await Promise.all(tabs);
		expect(most).toBe(1);
		expect(order).toEqual([1, 2, 3, 4]);
	});

	test('a tab that stops waiting never leads', async () => {
		const browser = make();
		const first = new AbortController();
		const second = new AbortController();
		let led = false;
		const leader = browser.tab().hold(until, first.signal);
		const waiting = browser.tab().hold(async () => {
			led = true;
		}, second.signal);
		second.abort();
		await waiting;
		first.abort();
		await leader;
		expect(led).toBe(false);
	});

	test('stopping the leader tells it, waits for it, and only then lets the next one lead', async () => {
		const browser = make();
		const stop = new AbortController();
		const finish = gate();
		const begun = gate();
		const events: string[] = [];
		const first = browser.tab().hold(async (lost) => {
			begun.open();
			await until(lost);
			events.push('told');
			await finish.passed;
			events.push('ended');
		}, stop.signal);
		await begun.passed;
		const second = browser
			.tab()
			.hold(async () => void events.push('next'), new AbortController().signal);
		stop.abort();
		await waitFor(() => events.length === 1);
		finish.open();
		await Promise.all([first, second]);
		expect(events).toEqual(['told', 'ended', 'next']);
	});

	test('the worker runs only when nobody leads', async () => {
		const browser = make();
		const stop = new AbortController();
		let runs = 0;
		const once = async () => void runs++;
		expect(await browser.tab().ifFree(once)).toBe(true);
		const begun = gate();
		const leader = browser.tab().hold((lost) => (begun.open(), until(lost)), stop.signal);
		await begun.passed;
		expect(await browser.tab().ifFree(once)).toBe(false);
		stop.abort();
		await leader;
		expect(await browser.tab().ifFree(once)).toBe(true);
		expect(runs).toBe(2);
	});

	test('TAB-2: a leader that is robbed is told, and can wait to lead again', async () => {
		const browser = make();
		const [mine, thief] = [new AbortController(), new AbortController()];
		const begun = gate();
		const tab = browser.tab();
		let told = false;
		const robbed = tab.hold(async (lost) => {
			begun.open();
			await until(lost);
			told = true;
		}, mine.signal);
		await begun.passed;
		const stolen = gate();
		const theft = browser.tab().steal((lost) => (stolen.open(), until(lost)), thief.signal);
		await stolen.passed;
		await robbed;
		expect(told).toBe(true);
		let again = false;
		const back = tab.hold(async () => void (again = true), mine.signal);
		expect(again).toBe(false);
		thief.abort();
		await Promise.all([theft, back]);
		expect(again).toBe(true);
	});

	test('a leader that fails gives the lead up, and its failure is not swallowed', async () => {
		const browser = make();
		const { signal } = new AbortController();
		const failing = browser.tab().hold(() => Promise.reject(new Error('leader fell')), signal);
		const error = await failing.catch((error: unknown) => error);
		expect((error as Error).message).toBe('leader fell');
		let led = false;
		await browser.tab().hold(async () => void (led = true), signal);
		expect(led).toBe(true);
	});
}

export function channelContract(
	{ test, expect, waitFor }: Suite,
	make: () => ChannelFixture
): void {
	const bye = (tab: string): TabMessage => ({ type: 'bye', tab });

	test('everybody else hears a message, in order, the sender does not', async () => {
		const browser = make();
		const [a, b, c] = [browser.tab(), browser.tab(), browser.tab()];
		const heard: Record<string, TabMessage[]> = { a: [], b: [], c: [] };
		a.listen((message) => heard.a!.push(message));
		b.listen((message) => heard.b!.push(message));
		c.listen((message) => heard.c!.push(message));
		a.post(bye('1'));
		a.post(bye('2'));
		await waitFor(() => heard.b!.length === 2 && heard.c!.length === 2);
		expect(heard).toEqual({ a: [], b: [bye('1'), bye('2')], c: [bye('1'), bye('2')] });
		for (const tab of [a, b, c]) tab.close();
	});

	test('a closed channel neither hears nor says anything', async () => {
		const browser = make();
		const [a, b, c] = [browser.tab(), browser.tab(), browser.tab()];
		let closed = 0;
		const open: TabMessage[] = [];
		b.listen(() => closed++);
		c.listen((message) => open.push(message));
		b.close();
		b.post(bye('closed'));
		a.post(bye('open'));
		await waitFor(() => open.length === 1);
		expect(open).toEqual([bye('open')]);
		expect(closed).toBe(0);
		a.close();
		c.close();
	});

	test('a listener that ended hears nothing more, another one of the same tab does', async () => {
		const browser = make();
		const [a, b] = [browser.tab(), browser.tab()];
		let first = 0;
		let second = 0;
		const end = b.listen(() => first++);
		b.listen(() => second++);
		end();
		a.post(bye('1'));
		await waitFor(() => second === 1);
		expect(first).toBe(0);
		a.close();
		b.close();
	});
}
