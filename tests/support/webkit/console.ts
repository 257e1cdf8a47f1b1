/** What the pages of a browser say on its console: faults are noted, but for the last words of a page that is left. */

/** What must never be said by a page; that a network is away is no fault of its. */
const FAULT = /TERMINATED|CONSOLE (?:JS|SECURITY) ERROR/u;
/** WebKit tells of a part of a policy that it does not know, and of what a page was at as it was left. */
const NO_FAULT = /Unrecognized Content-Security-Policy|due to access control checks|AbortError/u;

/** Has a page write this on its console. */
export type Say = (words: string) => Promise<unknown>;

/** The console of one browser. */
export class Console {
	/** what pages said that must never be */
	readonly faults: string[] = [];
	private marks = 0;
	private leaving = 0;
	private readonly awaited = new Map<string, () => void>();

	/** Takes in a line that the browser has written. */
	hear(line: string): void {
		for (const [mark, heard] of this.awaited) if (line.endsWith(mark)) heard();
		if (this.leaving === 0 && FAULT.test(line) && !NO_FAULT.test(line)) this.faults.push(line);
	}

	/**
	 * Runs what ends a page. Its last words may come after that: what is said counts from when a page that is there
	 * afterwards has been heard.
	 * @param say null: no page is there afterwards, and the browser has been heard to its end
	 */
	async leave(act: () => Promise<unknown>, say: Say | null): Promise<void> {
		this.leaving++;
		try {
			await act();
			if (say) await this.heard(say);
		} finally {
			this.leaving--;
		}
	}

	private async heard(say: Say): Promise<void> {
		const mark = `(heard ${++this.marks})`;
		const hears = new Promise<void>((resolve) => this.awaited.set(mark, resolve));
		await say(mark);
		await hears;
		this.awaited.delete(mark);
	}
}
