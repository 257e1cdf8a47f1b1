/** WebKitGTK's browser with a profile that outlives it: windows, and what a person does in them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import { Console } from './console.ts';
import { findElements, type Wanted } from './elements.ts';
import { startDriver, type Driver, type Screen } from './processes.ts';
import { DriverError, pathOf, Session, type ElementRef } from './webdriver.ts';

const BROWSER = fileURLToPath(new URL('browser.py', import.meta.url));

/** An element may be drawn anew between finding and using it; nothing has been done to it then. */
const NOT_YET = [
	'stale element reference',
	'no such element',
	'element not interactable',
	'element click intercepted'
];

/** WebDriver's names of keys. */
const KEYS = { Enter: '\uE007', Escape: '\uE00C' };

/** What a browser is told when it starts. */
export interface Look {
	/** language of the person, a BCP 47 tag */
	lang?: string;
	isDark?: boolean;
	/** width and height in px */
	size?: string;
}

/** One window. */
export class Tab {
	private readonly session: Session;
	private readonly window: string;
	private readonly browser: WebKitBrowser;

	constructor(session: Session, window: string, browser: WebKitBrowser) {
		this.session = session;
		this.window = window;
		this.browser = browser;
	}

	/** Loads an address and waits until it is there. */
	async goto(url: string): Promise<void> {
		await this.leave(() => this.command('POST', '/url', { url }));
	}

	async reload(): Promise<void> {
		await this.leave(() => this.command('POST', '/refresh', {}));
	}

	async back(): Promise<void> {
		await this.leave(() => this.command('POST', '/back', {}));
	}

	async close(): Promise<void> {
		const close = (): Promise<void> => this.session.close(this.window);
		const other = this.browser.without(this);
		await this.browser.console.leave(close, other?.say ?? null);
	}

	/** Writes on the console of the page. */
	readonly say = (words: string): Promise<void> => this.run((text) => console.log(text), words);

	/** Runs a function in the page; it may use nothing from outside but what it is given. */
	async run<A extends unknown[], R>(work: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
		const script = `const told = arguments[arguments.length - 1];
			Promise.resolve([...arguments].slice(0, -1)).then((given) => (${work.toString()})(...given)).then(
				(value) => told({ value }), (fault) => told({ fault: String(fault?.stack ?? fault) }));`;
		const answer = await this.command('POST', '/execute/async', { script, args });
		const { value, fault } = answer as { value: R; fault?: string };
		if (fault !== undefined) throw new Error(fault);
		return value;
	}

	/** @returns how many such elements are shown */
	async count(wanted: Wanted): Promise<number> {
		return (await this.elements(wanted)).length;
	}

	/** Waits until something is shown. */
	async sees(wanted: Wanted): Promise<void> {
		await expect.poll(() => this.count(wanted), JSON.stringify(wanted)).toBeGreaterThan(0);
	}

	/** @returns the texts of all such elements that are shown */
	async texts(wanted: Wanted): Promise<string[]> {
		const script = `${findElements.toString()} return findElements(arguments[0]).map((one) => one.textContent);`;
		return (await this.execute(script, wanted)) as string[];
	}

	/** Clicks the first such element, once it is shown and can be. */
	click(wanted: Wanted): Promise<void> {
		return this.use(wanted, (element) => this.command('POST', pathOf(element, 'click'), {}));
	}

	/** Puts this text in the place of what a field has. */
	fill(wanted: Wanted, text: string): Promise<void> {
		return this.use(wanted, async (element) => {
			await this.command('POST', pathOf(element, 'clear'), {});
			await this.command('POST', pathOf(element, 'value'), { text });
		});
	}

	/** Types into a field, or chooses files by their paths, a line each. */
	type(wanted: Wanted, text: string): Promise<void> {
		return this.use(wanted, (element) => this.command('POST', pathOf(element, 'value'), { text }));
	}

	/** Presses a key where the focus is. */
	async press(key: keyof typeof KEYS): Promise<void> {
		const value = KEYS[key];
		const actions = [
			{ type: 'keyDown', value },
			{ type: 'keyUp', value }
		];
		await this.command('POST', '/actions', { actions: [{ type: 'key', id: 'keys', actions }] });
	}

	/** @returns a PNG of what is shown */
	async picture(): Promise<Buffer> {
		return Buffer.from((await this.command('GET', '/screenshot')) as string, 'base64');
	}

	private async use(wanted: Wanted, act: (element: ElementRef) => Promise<unknown>): Promise<void> {
		const attempt = async (): Promise<string> => {
			try {
				const [element] = await this.elements(wanted);
				if (!element) return 'not there';
				await act(element);
				return 'done';
			} catch (error) {
				if (!(error instanceof DriverError && NOT_YET.includes(error.code))) throw error;
				return error.code;
			}
		};
		await expect.poll(attempt, JSON.stringify(wanted)).toBe('done');
	}

	private async elements(wanted: Wanted): Promise<ElementRef[]> {
		const script = `${findElements.toString()} return findElements(arguments[0]);`;
		return (await this.execute(script, wanted)) as ElementRef[];
	}

	private execute(script: string, ...args: unknown[]): Promise<unknown> {
		return this.command('POST', '/execute/sync', { script, args });
	}

	/** Runs what puts another page in the place of this one. */
	private leave(act: () => Promise<unknown>): Promise<void> {
		return this.browser.console.leave(act, this.say);
	}

	private command(method: string, path: string, body?: unknown): Promise<unknown> {
		return this.session.in(this.window, method, path, body);
	}
}

/** Somebody's browser. Its profile stays while it is closed and opened again. */
export class WebKitBrowser {
	readonly console = new Console();
	private readonly screen: Screen;
	private readonly profile = mkdtempSync(join(tmpdir(), 'roost-webkit-'));
	private driver: Driver | null = null;
	private session: Session | null = null;
	private tabs: Tab[] = [];

	constructor(screen: Screen) {
		this.screen = screen;
	}

	/** Starts it. @returns its only window */
	async open({ lang = 'en-GB', isDark = false, size = '1280x800' }: Look = {}): Promise<Tab> {
		this.driver = await startDriver(this.screen, (line) => this.console.hear(line));
		const args = ['--profile', this.profile, '--lang', lang, '--size', size];
		if (isDark) args.push('--dark');
		this.session = await Session.start(this.driver.address, BROWSER, args);
		return this.added(this.session.current);
	}

	/** Opens a window more. */
	async openTab(): Promise<Tab> {
		return this.added(await this.session!.open());
	}

	/** Ends it; what it keeps stays. */
	async close(): Promise<void> {
		await this.console.leave(async () => {
			await this.session?.quit();
			await this.driver?.stop();
		}, null);
		this.tabs = [];
		this.session = null;
		this.driver = null;
	}

	/** Forgets a tab that is about to close. @returns one that stays, if any does */
	without(tab: Tab): Tab | undefined {
		this.tabs = this.tabs.filter((one) => one !== tab);
		return this.tabs[0];
	}

	private added(window: string): Tab {
		const tab = new Tab(this.session!, window, this);
		this.tabs.push(tab);
		return tab;
	}

	/** Ends it and takes away what it kept. */
	async remove(): Promise<void> {
		await this.close();
		rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
	}
}

/** Keeps a picture for those who look at what a run left behind. */
export async function keepPicture(tab: Tab, path: string): Promise<Buffer> {
	const picture = await tab.picture();
	writeFileSync(path, picture);
	return picture;
}
