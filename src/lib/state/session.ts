/**
 * Who is signed in on this browser. Kept on the device, so that the app opens offline; only an
 * explicit word of the server ends it, and even then what is unsent stays sealed (complaint 22,
 * promise 14).
 */
import { cell } from '../db/live.ts';
import { EMPTY_NOTE, type DeviceNote, type DeviceStore, type SignedIn } from '../db/device.ts';
import type { AccountApi } from '../net/account-api.ts';
import type { Account } from '../protocol/http.ts';
import { uuid7, type PersonId } from '../protocol/ids.ts';
import { LinkError, StoreError, type Clock, type Random } from '../sync/ports.ts';
import type { Session, SessionAnswer, SessionState } from './session-types.ts';
import { runAll } from './sign-out-steps.ts';
export type * from './session-types.ts';

/** ms that a browser which knows nobody waits for the server before it shows the door. */
const ASK_WITHIN = 1_500;

/** What of the account's endpoints decides who is signed in. */
export type DoorApi = Pick<AccountApi, 'register' | 'signIn' | 'whoAmI' | 'signOut'>;

export interface SessionParts {
	device: DeviceStore;
	api: DoorApi;
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
	report(fault: unknown): void;
}

/** Makes the session. A browser that cannot keep the note keeps it until the tab closes. */
export function createSession(parts: SessionParts): Session {
	const { api, clock, report } = parts;
	const state = cell<SessionState>({ state: 'starting' });
	let note: DeviceNote = EMPTY_NOTE;

	/** Screens are told only of what is new to them. */
	function show(): void {
		const { signedIn } = note;
		const before = state.get();
		if (!signedIn) {
			if (before.state !== 'out') state.set({ state: 'out' });
			return;
		}
		const isSame =
			before.state === 'in' &&
			before.signedIn.device === signedIn.device &&
			before.signedIn.sealed === signedIn.sealed;
		if (!isSame)
			state.set({ state: 'in', signedIn, account: signedIn.account, sealed: signedIn.sealed });
	}

	async function change(make: (note: DeviceNote) => DeviceNote): Promise<void> {
		try {
			note = await parts.device.change(make);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			note = make(note);
			report(error);
		}
		show();
		parts.tabs.tell();
	}

	async function readNote(): Promise<void> {
		try {
			note = await parts.device.read();
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error);
		}
	}

	/** Deletes what earlier sign-outs left behind; rejects at the end when something of it is still there. */
	async function settleWipes(): Promise<void> {
		await runAll(
			note.wipe.map((account) => async () => {
				await parts.wipe(account);
				await change((before) => ({
					...before,
					wipe: before.wipe.filter((one) => one !== account)
				}));
			})
		);
	}

	/** Whoever the cookie stands for is now the one who is signed in. */
	async function enter(account: Account): Promise<void> {
		// What is still to go must be gone before anything new is written in its place.
		await settleWipes().catch(report);
		const device = uuid7(clock.now(), parts.random.bytes(10));
		const signedIn: SignedIn = { account, device, sealed: false };
		await change((before) => ({
			signedIn,
			signOutOwed: false,
			wipe: before.wipe.filter((one) => one !== account.person.id)
		}));
	}

	const seal = () =>
		change((before) => ({
			...before,
			signedIn: before.signedIn && { ...before.signedIn, sealed: true }
		}));

	/** A network fault is no news about who is signed in. */
	async function whoAmI() {
		try {
			return await api.whoAmI();
		} catch (error) {
			if (!(error instanceof LinkError)) throw error;
			return null;
		}
	}

	/** Asks the server about the one whom the note names. */
	async function confirm(known: SignedIn): Promise<void> {
		const answer = await whoAmI();
		if (!answer || note.signedIn?.device !== known.device) return;
		if ('refused' in answer) {
			if (answer.refused.cure === 'sign-in' && !known.sealed) await seal();
			return;
		}
		const isSame = answer.person.id === known.account.person.id;
		if (!isSame && !known.sealed) await seal();
		// The card or the e-mail may have changed; the session goes on as it is.
		if (isSame && !known.sealed) {
			await change((before) => ({
				...before,
				signedIn:
					before.signedIn?.device === known.device
						? { ...before.signedIn, account: answer }
						: before.signedIn
			}));
		}
	}

	/** The data may be gone while the cookie is not: then the server knows who this is. */
	async function discover(): Promise<void> {
		const found = whoAmI().then(async (answer) => {
			if (answer && !('refused' in answer) && !note.signedIn && !note.signOutOwed)
				await enter(answer);
		});
		const late = new Promise<void>((resolve) => clock.after(ASK_WITHIN, resolve));
		await Promise.race([found, late]);
		found.catch(report);
	}

	/** Does what a sign-out left undone: deletes what is to go, tells the server. */
	async function settleDebts(): Promise<void> {
		await runAll([settleWipes, settleSignOut]);
	}

	async function settleSignOut(): Promise<void> {
		if (!note.signOutOwed) return;
		try {
			await api.signOut();
			await change((before) => ({ ...before, signOutOwed: false }));
		} catch (error) {
			// Offline: it is tried again at the next start and when the network returns.
			if (!(error instanceof LinkError)) throw error;
		}
	}

	async function attempt(ask: () => ReturnType<AccountApi['signIn']>): Promise<SessionAnswer> {
		try {
			const answer = await ask();
			if ('refused' in answer) return { kind: 'refused', refusal: answer.refused };
			await enter(answer);
			return null;
		} catch (error) {
			if (error instanceof LinkError) return error.fault;
			throw error;
		}
	}

	return {
		state,
		async start() {
			parts.tabs.listen(() => {
				readNote().then(show, report);
			});
			await readNote();
			const { signedIn } = note;
			if (signedIn) {
				show();
				settleDebts()
					.catch(report)
					.then(() => confirm(signedIn))
					.catch(report);
				return;
			}
			await settleDebts().catch(report);
			if (!note.signOutOwed) await discover();
			show();
		},
		register: (body) => attempt(() => api.register(body)),
		signIn: (body) => attempt(() => api.signIn(body)),
		async signOut() {
			const account = note.signedIn?.account.person.id;
			if (!account) return;
			// Written down first: a tab that dies in the middle is finished by the next start.
			await change((before) => ({
				signedIn: null,
				signOutOwed: true,
				wipe: [...new Set([...before.wipe, account])]
			}));
			await settleDebts().catch(report);
		},
		settleDebts: () => settleDebts().catch(report),
		async unsent() {
			const account = note.signedIn?.account.person.id;
			return account ? parts.unsent(account) : 0;
		},
		async others() {
			const mine = note.signedIn?.account.person.id;
			const others = (await parts.kept()).filter(({ account }) => account !== mine);
			return Promise.all(
				others.map(async (one) => ({ ...one, unsent: await parts.unsent(one.account) }))
			);
		},
		async wipeOther(account) {
			if (account === note.signedIn?.account.person.id) return;
			// Written down first: a tab that dies in the middle is finished by the next start.
			await change((before) => ({ ...before, wipe: [...new Set([...before.wipe, account])] }));
			await settleWipes();
		},
		ended(device) {
			// Said to a tab that still had the account open which was signed in before.
			if (note.signedIn?.device !== device) return;
			seal().catch(report);
		}
	};
}
