/** What every device invoked, what was answered, what it applied; and what the checker found wrong. */
import type { Act } from '../../../src/lib/protocol/up.ts';

/** The verdicts, named as in docs/protocol.md. */
export type Verdict =
	| 'lost'
	| 'vanished'
	| 'duplicate'
	| 'phantom'
	| 'inverted'
	| 'hole'
	| 'divergent'
	| 'leaked'
	| 'stuck'
	| 'backwards'
	| 'revived'
	| 'unread'
	| 'merged'
	| 'rings'
	| 'error';

export interface Violation {
	verdict: Verdict;
	what: string;
}

/** One thing a person did on a device. */
export interface Done {
	act: Act;
	device: string;
	/** order on the device */
	n: number;
}

export class History {
	readonly violations: Violation[] = [];
	/** acts whose durability was promised to the person */
	readonly done = new Map<string, Done>();
	/** acts the server answered with "accepted", as the device heard it */
	readonly accepted = new Map<string, { stream: string; seq: number }>();
	/** acts the device was told to be refused */
	readonly refused = new Set<string>();
	/** acts given up by the person, or wiped by it */
	readonly discarded = new Set<string>();
	/** acts whose effect was in a database that has been replaced by an older copy */
	readonly undone = new Set<string>();
	restores = 0;
	private n = 0;

	violation(verdict: Verdict, what: string): void {
		if (this.violations.length < 20) this.violations.push({ verdict, what });
	}

	error(where: string, error: unknown): void {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		this.violation('error', `${where}: ${text}`);
	}

	invoked(act: Act, device: string): void {
		this.done.set(act.id, { act, device, n: this.n++ });
	}

	/** The database was replaced: what is not in it any more cannot be asked of the server. */
	restored(still: Set<string>): void {
		this.restores++;
		for (const id of this.done.keys()) if (!still.has(id)) this.undone.add(id);
	}
}
