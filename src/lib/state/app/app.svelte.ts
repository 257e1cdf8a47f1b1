/**
 * What the whole window shares: who is signed in, and that person's device. Screens get it from
 * the context; there is one per window, made by the root layout.
 */
import { createContext } from 'svelte';
import type { SignedIn } from '../../db/device.ts';
import type { Client, ClientStatus } from '../client/client-types.ts';
import type { Session, SessionState } from '../session/session-types.ts';

/** How the device of an account is opened; see client.ts. */
type OpenClient = (signedIn: SignedIn) => Promise<Client>;

export class App {
	readonly session: Session;
	readonly #open: OpenClient;
	#who = $state.raw<SessionState>({ state: 'starting' });
	#client = $state.raw<Client | null>(null);
	#status = $state.raw<ClientStatus | null>(null);
	/** id of the device (new with every signing in) that is open or being opened */
	#opened: string | null = null;
	#unfollow: (() => void)[] = [];

	constructor(session: Session, open: OpenClient) {
		this.session = session;
		this.#open = open;
	}

	get who(): SessionState {
		return this.#who;
	}

	/** null until the device of whoever is signed in is open. */
	get client(): Client | null {
		return this.#client;
	}

	get status(): ClientStatus | null {
		return this.#status;
	}

	/** Reads who is signed in and follows it. The answer ends it. */
	start(): () => void {
		const unsubscribe = this.session.state.subscribe((who) => {
			this.#who = who;
			void this.#follow(who);
		});
		void this.session.start();
		return () => {
			unsubscribe();
			void this.#close();
		};
	}

	async #follow(who: SessionState): Promise<void> {
		const wanted = who.state === 'in' ? `${who.signedIn.device} ${who.sessionEnded}` : null;
		if (wanted === this.#opened) return;
		const closing = this.#close();
		this.#opened = wanted;
		await closing;
		if (who.state !== 'in' || this.#opened !== wanted) return;
		const { signedIn } = who;
		const client = await this.#open(signedIn);
		if (this.#opened !== wanted) {
			await client.close();
			return;
		}
		this.#client = client;
		this.#unfollow = [
			client.status.subscribe((status) => {
				this.#status = status;
			}),
			client.onSignedOut((why) => {
				if (why === 'session-ended') this.session.ended(signedIn.device);
			})
		];
	}

	async #close(): Promise<void> {
		const client = this.#client;
		this.#opened = null;
		this.#client = null;
		this.#status = null;
		for (const unfollow of this.#unfollow) unfollow();
		this.#unfollow = [];
		await client?.close();
	}
}

export const [useApp, provideApp] = createContext<App>();
