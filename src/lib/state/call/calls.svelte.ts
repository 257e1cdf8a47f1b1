/** Calls, as far as every page has them: what is needed for one is fetched with the first ring or press. */
import { loadOnce } from '../load-once.ts';
import type { Client } from '../client/client-types.ts';
import type { CallEvent } from '../client/call-link.ts';
import type { CallSession } from './call-session.svelte.ts';

class Calls {
	#session = $state.raw<CallSession | null>(null);
	#open: (() => Promise<CallSession>) | null = null;

	/** null: nobody has called yet */
	get session(): CallSession | null {
		return this.#session;
	}

	/** Hears who calls, as long as this person's device is open; the answer ends it. */
	follow(client: Client, onError: (error: unknown) => void): () => void {
		let hasEnded = false;
		let early: CallEvent[] = [];
		const open = loadOnce(async () => {
			const { openCallSession } = await import('./open-call-session.ts');
			if (hasEnded) throw new Error('the account was closed');
			const session = openCallSession(client, early, onError);
			early = [];
			this.#session = session;
			return session;
		});
		const isNeeded = (): void => {
			open().catch((error: unknown) => hasEnded || onError(error));
		};
		this.#open = open;
		const ends = [
			client.calls.onEvent((event) => {
				if (this.#session || (early.length === 0 && event.is !== 'ring')) return;
				early.push(event);
				isNeeded();
			}),
			client.calls.onOther((call) => call && isNeeded())
		];
		return () => {
			hasEnded = true;
			for (const end of ends) end();
			this.#session?.end();
			this.#session = null;
			this.#open = null;
		};
	}

	/** Calls the others of a conversation. Rejects when the code for it cannot be fetched. */
	async start(room: string, video: boolean): Promise<void> {
		(await this.#open?.())?.start(room, video);
	}

	/** Answers a call, or takes part in one that goes on. Rejects as `start` does. */
	async join(room: string, call: string): Promise<void> {
		(await this.#open?.())?.join(room, call);
	}
}

export const calls = new Calls();
