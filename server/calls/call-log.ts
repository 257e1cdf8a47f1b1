/** Writes what becomes of calls, of each in its order. What cannot be written now is tried until it is: no call stays open. */
import type { MessageId, PersonId } from '../../src/lib/protocol/ids.ts';
import type { CallDraft } from '../domain/call-act.ts';
import { RETRY_AFTER_ERROR } from '../domain/constants.ts';
import type { Clock } from '../domain/ports.ts';
import type { CallDomain } from './ports.ts';

type Change = Extract<CallDraft, { kind: 'call.note' | 'call.end' }>;

interface CallLogParts {
	domain: Pick<CallDomain, 'writeCall'>;
	clock: Clock;
	onError: (error: unknown) => void;
}

export class CallLog {
	readonly #parts: CallLogParts;
	/** changes that are still to be written, the first one under way */
	readonly #waiting = new Map<MessageId, { person: PersonId; change: Change }[]>();
	#isClosed = false;

	constructor(parts: CallLogParts) {
		this.#parts = parts;
	}

	write(person: PersonId, change: Change): void {
		const waiting = this.#waiting.get(change.message);
		if (waiting) {
			waiting.push({ person, change });
			return;
		}
		this.#waiting.set(change.message, [{ person, change }]);
		this.#go(change.message);
	}

	/** What is not written stays open, and is found at the next start. */
	close(): void {
		this.#isClosed = true;
	}

	#go(call: MessageId): void {
		void this.#writeNext(call).then(
			() => {
				if (this.#waiting.has(call)) this.#go(call);
			},
			(error: unknown) => {
				if (this.#isClosed) return;
				this.#parts.onError(error);
				this.#parts.clock.after(RETRY_AFTER_ERROR, () => this.#go(call));
			}
		);
	}

	async #writeNext(call: MessageId): Promise<void> {
		const waiting = this.#waiting.get(call)!;
		const { person, change } = waiting[0]!;
		await this.#parts.domain.writeCall(person, change);
		waiting.shift();
		if (waiting.length === 0) this.#waiting.delete(call);
	}
}
