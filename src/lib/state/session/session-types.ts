/** What screens see of who is signed in. */
import type { SignedIn } from '../../db/device.ts';
import type { Account, PasswordLinkBody, RegisterBody, SignInBody } from '../../protocol/http.ts';
import type { PersonId } from '../../protocol/ids.ts';
import type { Refusal } from '../../protocol/refusal.ts';
import type { LinkFault } from '../../sync/ports.ts';
import type { Live } from '../../db/live.ts';

/**
 * "starting": not yet read from the device; `blocked` when its storage does not answer.
 * "out": nobody; show the door.
 * "in": this person; `sessionEnded` when the server ended the session: what is kept may be read, what
 * is unsent stays, and nothing is sent until the same person signs in again.
 */
export type SessionState =
	| { state: 'starting'; blocked?: true }
	| { state: 'out' }
	| { state: 'in'; account: Account; sessionEnded: boolean; signedIn: SignedIn };

/** A failed attempt to sign in or register: what the server said, or why it could not be asked. */
export type SessionFault =
	{ kind: 'refused'; refusal: Refusal } | Exclude<LinkFault, { kind: 'refused' }>;

/** null when it went well. */
export type SessionAnswer = SessionFault | null;

/** What another account left on this device. */
export interface OtherAccount {
	account: PersonId;
	/** null: the device does not know it any more */
	name: string | null;
	/** acts that never reached the server */
	unsent: number;
}

export interface Session {
	readonly state: Live<SessionState>;
	/** Reads who was signed in from the device, so that the app opens offline; then asks the server if it can. */
	start(): Promise<void>;
	/** Starts without what is kept here, when the storage does not answer. */
	startWithoutStorage(): void;
	register(body: RegisterBody): Promise<SessionAnswer>;
	/**
	 * Signs in. When another account's unsent acts are kept on this device, they stay under
	 * that account and are neither shown nor sent.
	 */
	signIn(body: SignInBody): Promise<SessionAnswer>;
	/** Sets another password by a link, and signs in like `signIn`. */
	redeemPasswordLink(body: PasswordLinkBody): Promise<SessionAnswer>;
	/** Ends the session and wipes all that this account kept here, also offline and in other tabs. */
	signOut(): Promise<void>;
	/** Does what an offline sign-out left undone; to be called when the network returns. */
	finishPendingSignOut(): Promise<void>;
	/** Acts not yet sent by the account that is signed in, or whose session ended; signing out loses them. */
	unsent(): Promise<number>;
	/** Accounts other than the present one of which something is kept here. */
	others(): Promise<OtherAccount[]>;
	/** Deletes all that another account keeps here, what it never sent included. */
	wipeOther(account: PersonId): Promise<void>;
	/** To be called when the server says that the session of this device has ended. */
	ended(device: string): void;
}
