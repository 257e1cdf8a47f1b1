import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { deviceStore, type DeviceStore } from '../../../src/lib/db/device.ts';
import type { Account } from '../../../src/lib/protocol/http.ts';
import { refuse } from '../../../src/lib/protocol/refusal.ts';
import {
	AccountSession,
	type SessionApi,
	type Session,
	type SessionState
} from '../../../src/lib/state/session/session.ts';
import { LinkError, StoreError } from '../../../src/lib/sync/ports.ts';
import { card, id } from '../../contract/rows.ts';

const A: Account = { person: card(id(), 1, 'a'), email: 'a@example.org', admin: false };
const B: Account = { person: card(id(), 1, 'b'), email: 'b@example.org', admin: false };
const offline = () => Promise.reject(new LinkError({ kind: 'unreachable' }));
const ended = { refused: refuse('session_ended') };

/** One browser: what it keeps, the server's cookie for it, and whether there is a network. */
class Browser {
	factory = new IDBFactory();
	online = true;
	cookie: Account | null = null;
	wiped: string[] = [];
	wipeFails = false;
	/** an account whose data a tab does not let go */
	stuck: string | null = null;
	kept: { account: string; name: string | null }[] = [];
	private readonly heard = new Set<() => void>();

	api: SessionApi = {
		register: () => this.enter(A),
		redeemPasswordLink: () => this.enter(A),
		signIn: (body) => this.enter(body.name === 'a' ? A : B),
		whoAmI: async () => (this.online ? (this.cookie ?? ended) : offline()),
		signOut: async () => {
			if (!this.online) return offline();
			this.cookie = null;
		}
	};

	private async enter(account: Account) {
		if (!this.online) return offline();
		this.cookie = account;
		return account;
	}

	tab(given: { device?: DeviceStore; after?: (act: () => void) => void } = {}): Session {
		const mine = () => listener();
		let listener = () => {};
		this.heard.add(mine);
		return new AccountSession({
			device: given.device ?? deviceStore(this.factory),
			api: this.api,
			wipe: async (account) => {
				if (this.wipeFails || this.stuck === account) throw new Error('a tab does not let go');
				this.wiped.push(account);
			},
			unsent: async (account) => (account === B.person.id ? 3 : 0),
			kept: async () => this.kept,
			tabs: {
				tell: () => {
					for (const one of this.heard) if (one !== mine) one();
				},
				listen: (heard) => {
					listener = heard;
					return () => void this.heard.delete(mine);
				}
			},
			clock: {
				now: () => 1,
				elapsed: () => 1,
				after(_ms, act) {
					given.after?.(act);
					return () => undefined;
				}
			},
			random: { next: () => 0.5, bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
			onError: () => undefined
		});
	}
}

function stateOf(session: Session): SessionState {
	let seen: SessionState = { state: 'starting' };
	session.state.subscribe((state) => (seen = state))();
	return seen;
}
const signIn = { name: 'a', password: 'x', remember: true };

describe('session', () => {
	let browser: Browser;
	beforeEach(() => {
		browser = new Browser();
	});

	test('complaint 22: opens offline for whoever was signed in', async () => {
		const first = browser.tab();
		await first.start();
		expect(stateOf(first)).toEqual({ state: 'out' });
		expect(await first.signIn(signIn)).toBe(null);
		browser.online = false;
		const later = browser.tab();
		await later.start();
		expect(stateOf(later)).toMatchObject({ state: 'in', account: A, sessionEnded: false });
	});

	test('complaint 22: only an explicit word of the server ends a session; the person stays on screen', async () => {
		const tab = browser.tab();
		await tab.start();
		await tab.signIn(signIn);
		browser.cookie = null;
		const later = browser.tab();
		await later.start();
		await vi.waitFor(() =>
			expect(stateOf(later)).toMatchObject({ state: 'in', sessionEnded: true })
		);
		await later.signIn(signIn);
		expect(stateOf(later)).toMatchObject({ state: 'in', account: A, sessionEnded: false });
		expect(browser.wiped).toEqual([]);
	});

	test('promise 14: signing out offline wipes at once, reaches other tabs, and the cookie signs nobody in', async () => {
		const [tab, other] = [browser.tab(), browser.tab()];
		await tab.start();
		await other.start();
		await tab.signIn(signIn);
		await vi.waitFor(() => expect(stateOf(other)).toMatchObject({ state: 'in', account: A }));
		browser.online = false;
		await tab.signOut();
		expect(browser.wiped).toEqual([A.person.id]);
		await vi.waitFor(() => expect(stateOf(other)).toEqual({ state: 'out' }));
		browser.online = true;
		expect(browser.cookie).toEqual(A);
		const later = browser.tab();
		await later.start();
		expect(stateOf(later)).toEqual({ state: 'out' });
		expect(browser.cookie).toBe(null);
	});

	test('promise 14: a wipe that was cut off is finished before anybody signs in again', async () => {
		const tab = browser.tab();
		await tab.start();
		await tab.signIn(signIn);
		browser.wipeFails = true;
		await tab.signOut();
		expect(stateOf(tab)).toEqual({ state: 'out' });
		expect(browser.wiped).toEqual([]);
		browser.wipeFails = false;
		await tab.signIn(signIn);
		expect(browser.wiped).toEqual([A.person.id]);
		const later = browser.tab();
		await later.start();
		await vi.waitFor(() => expect(stateOf(later)).toMatchObject({ state: 'in' }));
		expect(browser.wiped).toEqual([A.person.id]);
	});

	test('promise 14: what of one account cannot be wiped yet holds up no other one, nor the word to the server', async () => {
		const tab = browser.tab();
		await tab.start();
		browser.wipeFails = true;
		await expect(tab.wipeOther(B.person.id)).rejects.toThrow('let go');
		await tab.signIn(signIn);
		browser.wipeFails = false;
		browser.stuck = B.person.id;
		await tab.signOut();
		expect(browser.wiped).toEqual([A.person.id]);
		expect(browser.cookie).toBe(null);
	});

	test('promise 14: somebody else’s cookie ends the session of what is open instead of using it', async () => {
		const tab = browser.tab();
		await tab.start();
		await tab.signIn(signIn);
		browser.cookie = B;
		const later = browser.tab();
		await later.start();
		await vi.waitFor(() =>
			expect(stateOf(later)).toMatchObject({ state: 'in', account: A, sessionEnded: true })
		);
	});

	test('the end of an earlier signing in does not end the present one', async () => {
		const tab = browser.tab();
		await tab.start();
		await tab.signIn(signIn);
		const before = stateOf(tab);
		await tab.signIn({ ...signIn, name: 'b' });
		tab.ended(before.state === 'in' ? before.signedIn.device : '');
		expect(stateOf(tab)).toMatchObject({ account: B, sessionEnded: false });
	});

	test('a browser that lost its data but not its cookie is known to the server', async () => {
		browser.cookie = A;
		const tab = browser.tab();
		await tab.start();
		expect(stateOf(tab)).toMatchObject({ state: 'in', account: A });
	});

	test('says why signing in failed, and changes nothing', async () => {
		const tab = browser.tab();
		await tab.start();
		browser.online = false;
		expect(await tab.signIn(signIn)).toEqual({ kind: 'unreachable' });
		expect(stateOf(tab)).toEqual({ state: 'out' });
	});

	test('what another account left here is listed and can be wiped; the present one cannot', async () => {
		const tab = browser.tab();
		await tab.start();
		await tab.signIn(signIn);
		browser.kept = [
			{ account: A.person.id, name: 'a' },
			{ account: B.person.id, name: null }
		];
		expect(await tab.others()).toEqual([{ account: B.person.id, name: null, unsent: 3 }]);
		await tab.wipeOther(A.person.id);
		expect(browser.wiped).toEqual([]);
		await tab.wipeOther(B.person.id);
		expect(browser.wiped).toEqual([B.person.id]);
		expect(stateOf(tab)).toMatchObject({ state: 'in', account: A });
	});

	test('a wipe that was broken off is finished by the next start', async () => {
		const tab = browser.tab();
		await tab.start();
		browser.wipeFails = true;
		await expect(tab.wipeOther(B.person.id)).rejects.toThrow('let go');
		browser.wipeFails = false;
		await browser.tab().start();
		await vi.waitFor(() => expect(browser.wiped).toEqual([B.person.id]));
	});
});

describe('storage that does not answer', () => {
	/** A session whose storage is blocked until `free` is called. */
	function blockedSession() {
		const browser = new Browser();
		const store = deviceStore(browser.factory);
		let isBlocked = true;
		let later = (): void => undefined;
		const session = browser.tab({
			device: {
				read: () => (isBlocked ? Promise.reject(new StoreError('blocked')) : store.read()),
				change: store.change
			},
			after: (act) => (later = act)
		});
		return {
			browser,
			store,
			session,
			free() {
				isBlocked = false;
				later();
			}
		};
	}

	test('is no reason to show the door to somebody who is signed in: it is asked again', async () => {
		const { session, store, browser, free } = blockedSession();
		browser.online = false;
		await store.change((note) => ({
			...note,
			signedIn: { account: A, device: 'd', sessionEnded: false }
		}));
		const started = session.start();
		await vi.waitFor(() => expect(stateOf(session)).toEqual({ state: 'starting', blocked: true }));
		free();
		await started;
		expect(stateOf(session)).toMatchObject({ state: 'in', account: A });
	});

	test('can be done without', async () => {
		const { session, browser } = blockedSession();
		browser.online = false;
		const started = session.start();
		await vi.waitFor(() => expect(stateOf(session)).toMatchObject({ blocked: true }));
		session.startWithoutStorage();
		await started;
		expect(stateOf(session)).toEqual({ state: 'out' });
	});
});
