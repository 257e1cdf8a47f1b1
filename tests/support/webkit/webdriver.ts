/** As much of a WebDriver client (W3C) as these tests need. */

/** The name under which WebDriver hands out elements. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** ms that a command may take: it ends what is stuck, it measures nothing. */
const LIMIT = 60_000;

/** An element of a page, as the driver knows it. */
export type ElementRef = { [ELEMENT]: string };

/** The driver refused a command. */
export class DriverError extends Error {
	/** WebDriver's code, like "stale element reference" */
	readonly code: string;
	constructor(code: string, message: string) {
		super(`${code}: ${message}`);
		this.code = code;
	}
}

async function ask(method: string, url: string, body?: unknown): Promise<unknown> {
	const answer = await fetch(url, {
		method,
		signal: AbortSignal.timeout(LIMIT),
		...(body === undefined
			? {}
			: { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
	});
	const { value } = (await answer.json()) as { value: unknown };
	if (answer.ok) return value;
	const { error, message } = value as { error: string; message: string };
	throw new DriverError(error, message);
}

/** A browser that is driven. One command runs at a time, each in the window that it names. */
export class Session {
	private readonly address: string;
	private window = '';
	private last: Promise<unknown> = Promise.resolve();

	private constructor(address: string) {
		this.address = address;
	}

	/**
	 * Starts a browser.
	 * @param driver address of its commands
	 * @param binary path of the browser
	 */
	static async start(driver: string, binary: string, args: string[]): Promise<Session> {
		const browser = { 'webkitgtk:browserOptions': { binary, args } };
		const made = await ask('POST', `${driver}/session`, { capabilities: { alwaysMatch: browser } });
		const session = new Session(`${driver}/session/${(made as { sessionId: string }).sessionId}`);
		session.window = (await session.command('GET', '/window')) as string;
		await session.command('POST', '/timeouts', { script: LIMIT, pageLoad: LIMIT });
		return session;
	}

	/** The window that is in front. */
	get current(): string {
		return this.window;
	}

	/** Opens a window more. @returns its name */
	async open(): Promise<string> {
		const made = await this.queue(() => this.command('POST', '/window/new', { type: 'tab' }));
		return (made as { handle: string }).handle;
	}

	/** Runs a command in a window. */
	in(window: string, method: string, path: string, body?: unknown): Promise<unknown> {
		return this.queue(async () => {
			if (this.window !== window) await this.command('POST', '/window', { handle: window });
			this.window = window;
			return this.command(method, path, body);
		});
	}

	/** Closes a window; no other one is in front afterwards. */
	async close(window: string): Promise<void> {
		await this.in(window, 'DELETE', '/window');
		this.window = '';
	}

	/** Closes the browser. */
	async quit(): Promise<void> {
		await this.queue(() => ask('DELETE', this.address));
	}

	private command(method: string, path: string, body?: unknown): Promise<unknown> {
		return ask(method, this.address + path, body);
	}

	private queue<T>(act: () => Promise<T>): Promise<T> {
		const next = this.last.then(act, act);
		this.last = next;
		return next;
	}
}

/** The path of a command about an element. */
export const pathOf = (element: ElementRef, what: string): string =>
	`/element/${element[ELEMENT]}/${what}`;
