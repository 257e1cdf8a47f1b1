/**
 * Who is signed in on this browser. Kept on the device, so that the app opens offline; only an
 * explicit word of the server ends it, and even then what is unsent stays here (complaint 22,
 * promise 14).
 */
import type { DeviceStore, SignedIn } from '../../db/device.ts';
import { writable, type OnError } from '../../db/live.ts';
import type { AccountApi } from '../../net/account-api.ts';
import type { Account, PasswordLinkBody, RegisterBody, SignInBody } from '../../protocol/http.ts';
import { uuid7, type PersonId } from '../../protocol/ids.ts';
import { LinkError, type Clock, type Random } from '../../sync/ports.ts';
import { NoteKeeper } from './note-keeper.ts';
import type { OtherAccount, Session, SessionAnswer, SessionState } from './session-types.ts';
import { runAll } from './sign-out-steps.ts';
export type * from './session-types.ts';

/** ms that a browser which knows nobody waits for the server before it shows the door. */
const ASK_WITHIN = 1_500;

/** What of the account's endpoints decides who is signed in. */
export type SessionApi = Pick<
	AccountApi,
	'register' | 'signIn' | 'redeemPasswordLink' | 'whoAmI' | 'signOut'
>;

interface SessionParts {
	device: DeviceStore;
	api: SessionApi;
	/** Deletes all that an account keeps here; rejects when another tab does not let go in time. */
	wipe(account: PersonId): Promise<void>;
	/** Acts of an account not yet on the server. */
	unsent(account: PersonId): Promise<number>;
	/** Accounts of which there are databases here, with their names where they are known. */
	kept(): Promise<{ account: PersonId; name: string | null }[]>;
	/** Tells the other tabs that the note has changed, and hears it from them. */
	tabs: { tell(): void; listen(heard: () => void): () => void };
	clock: Clock;
	random: Random;
	onError: OnError;
}

/** The session of one tab. */
export class AccountSession implements Session {
	readonly state = writable<SessionState>({ state: 'starting' });
	readonly #parts: SessionParts;
	readonly #keeper: NoteKeeper;

	constructor(parts: SessionParts) {
		const { device, clock, onError, tabs } = parts;
		this.#parts = parts;
		this.#keeper = new NoteKeeper({
			device,
			clock,
			changed: () => {
				this.#show();
				tabs.tell();
			},
			blocked: () => this.state.set({ state: 'starting', blocked: true }),
			onError
		});
	}

	async start(): Promise<void> {
		const { tabs, onError } = this.#parts;
		tabs.listen(() => {
			this.#keeper.read().then(() => this.#show(), onError);
		});
		await this.#keeper.readAtStart();
		const { signedIn } = this.#note;
		if (signedIn) {
			this.#show();
			this.finishPendingSignOut()
				.then(() => this.#confirm(signedIn))
				.catch(onError);
			return;
		}
		await this.finishPendingSignOut();
		if (!this.#note.signOutOwed) await this.#discover();
		this.#show();
	}

	startWithoutStorage(): void {
		this.#keeper.giveUp();
	}

	register(body: RegisterBody): Promise<SessionAnswer> {
		return this.#attempt(this.#parts.api.register(body));
	}

	signIn(body: SignInBody): Promise<SessionAnswer> {
		return this.#attempt(this.#parts.api.signIn(body));
	}

	redeemPasswordLink(body: PasswordLinkBody): Promise<SessionAnswer> {
		return this.#attempt(this.#parts.api.redeemPasswordLink(body));
	}

	async signOut(): Promise<void> {
		const account = this.#account;
		if (!account) return;
		// Written down first: a tab that dies in the middle is finished by the next start.
		await this.#keeper.change((before) => ({
			signedIn: null,
			signOutOwed: true,
			wipe: [...new Set([...before.wipe, account])]
		}));
		await this.finishPendingSignOut();
	}

	/** Does what a sign-out left undone: deletes what is to go, tells the server. */
	async finishPendingSignOut(): Promise<void> {
		await runAll([() => this.#finishWipes(), () => this.#finishSignOut()]).catch(
			this.#parts.onError
		);
	}

	async unsent(): Promise<number> {
		return this.#account ? this.#parts.unsent(this.#account) : 0;
	}

	async others(): Promise<OtherAccount[]> {
		const mine = this.#account;
		const others = (await this.#parts.kept()).filter(({ account }) => account !== mine);
		return Promise.all(
			others.map(async (one) => ({ ...one, unsent: await this.#parts.unsent(one.account) }))
		);
	}

	async wipeOther(account: PersonId): Promise<void> {
		if (account === this.#account) return;
		// Written down first: a tab that dies in the middle is finished by the next start.
		await this.#keeper.change((before) => ({
			...before,
			wipe: [...new Set([...before.wipe, account])]
		}));
		await this.#finishWipes();
	}

	ended(device: string): void {
		// Said to a tab that still had the account open which was signed in before.
		if (this.#note.signedIn?.device !== device) return;
		this.#markEnded().catch(this.#parts.onError);
	}

	get #note() {
		return this.#keeper.note;
	}

	/** The account that is signed in. */
	get #account(): PersonId | undefined {
		return this.#note.signedIn?.account.person.id;
	}

	/** Screens are told only of what is new to them. */
	#show(): void {
		const { signedIn } = this.#note;
		const before = this.state.get();
		if (!signedIn) {
			if (before.state !== 'out') this.state.set({ state: 'out' });
			return;
		}
		const { account, sessionEnded, device } = signedIn;
		const isSame =
			before.state === 'in' &&
			before.signedIn.device === device &&
			before.signedIn.sessionEnded === sessionEnded;
		if (!isSame) this.state.set({ state: 'in', signedIn, account, sessionEnded });
	}

	/** Whoever the cookie stands for is now the one who is signed in. */
	async #enter(account: Account): Promise<void> {
		const { clock, random, onError } = this.#parts;
		// What is still to go must be gone before anything new is written in its place.
		await this.#finishWipes().catch(onError);
		const device = uuid7(clock.now(), random.bytes(10));
		const signedIn: SignedIn = { account, device, sessionEnded: false };
		await this.#keeper.change((before) => ({
			signedIn,
			signOutOwed: false,
			wipe: before.wipe.filter((one) => one !== account.person.id)
		}));
	}

	async #attempt(asked: ReturnType<SessionApi['signIn']>): Promise<SessionAnswer> {
		try {
			const answer = await asked;
			if ('refused' in answer) return { kind: 'refused', refusal: answer.refused };
			await this.#enter(answer);
			return null;
		} catch (error) {
			if (error instanceof LinkError) return error.fault;
			throw error;
		}
	}

	#markEnded(): Promise<void> {
		return this.#keeper.change((before) => ({
			...before,
			signedIn: before.signedIn && { ...before.signedIn, sessionEnded: true }
		}));
	}

	/** null: the network failed, which is no news about who is signed in. */
	async #whoAmI() {
		try {
			return await this.#parts.api.whoAmI();
		} catch (error) {
			if (!(error instanceof LinkError)) throw error;
			return null;
		}
	}

	/** Asks the server about the one whom the note names. */
	async #confirm(known: SignedIn): Promise<void> {
		const answer = await this.#whoAmI();
		if (!answer || this.#note.signedIn?.device !== known.device) return;
		if ('refused' in answer) {
			if (answer.refused.action === 'sign-in' && !known.sessionEnded) await this.#markEnded();
			return;
		}
		if (known.sessionEnded) return;
		if (answer.person.id !== known.account.person.id) return this.#markEnded();
		// The card or the e-mail may have changed; the session goes on as it is.
		await this.#keeper.change((before) => ({
			...before,
			signedIn:
				before.signedIn?.device === known.device
					? { ...before.signedIn, account: answer }
					: before.signedIn
		}));
	}

	/** The data may be gone while the cookie is not: then the server knows who this is. */
	async #discover(): Promise<void> {
		const { clock, onError } = this.#parts;
		const found = this.#whoAmI().then(async (answer) => {
			const isWanted = !this.#note.signedIn && !this.#note.signOutOwed;
			if (answer && !('refused' in answer) && isWanted) await this.#enter(answer);
		});
		const late = new Promise<void>((resolve) => clock.after(ASK_WITHIN, resolve));
		await Promise.race([found, late]);
		found.catch(onError);
	}

	/** Deletes what earlier sign-outs left behind; rejects at the end when something of it is still there. */
	async #finishWipes(): Promise<void> {
		await runAll(
			this.#note.wipe.map((account) => async () => {
				await this.#parts.wipe(account);
				await this.#keeper.change((before) => ({
					...before,
					wipe: before.wipe.filter((one) => one !== account)
				}));
			})
		);
	}

	/** Tells the server of a sign-out that it has not heard of. */
	async #finishSignOut(): Promise<void> {
		if (!this.#note.signOutOwed) return;
		try {
			await this.#parts.api.signOut();
			await this.#keeper.change((before) => ({ ...before, signOutOwed: false }));
		} catch (error) {
			// Offline: it is tried again at the next start and when the network returns.
			if (!(error instanceof LinkError)) throw error;
		}
	}
}
