/**
 * Browsers in which somebody has signed in to an account before. They have tries of their own at its password, so that
 * wrong tries from elsewhere never make the owner wait (HTTP-23). A known device signs nobody in.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Cookie } from 'lucia';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import type { DeviceStore } from './device-store.ts';

/** Days after the last sign-in for which a device is known. */
const KNOWN_DAYS = 180;
/** Accounts for which one browser is known; the one signed in to longest ago makes way. */
const IN_COOKIE = 5;
/** Devices that are known for one account; the one used longest ago makes way. */
const PER_ACCOUNT = 20;
const TOKEN = /^[\w-]{43}$/;
const DAY = 86_400_000;

export interface KnownDevices {
	/**
	 * Names the device for limits; null when it is not known for this account.
	 * @param cookies the request's Cookie header, as in all of these
	 */
	identify(person: PersonId, cookies: string | undefined): Promise<string | null>;
	/** After signing in. @param session its public id @returns a Set-Cookie value with a new token */
	remember(person: PersonId, session: string, cookies: string | undefined): Promise<string>;
	/** After signing out. @returns a Set-Cookie value without the token for this account */
	forget(person: PersonId, cookies: string | undefined): Promise<string>;
	removeExpired(): Promise<void>;
}

const hashed = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * @param secure whether people come over https
 * @param now ms since the epoch
 */
export function createKnownDevices(
	store: DeviceStore,
	secure: boolean,
	now = Date.now
): KnownDevices {
	const name = secure ? '__Host-roost-device' : 'roost-device';

	function tokensIn(cookies: string | undefined): string[] {
		const start = `${name}=`;
		const own = (cookies ?? '').split('; ').find((cookie) => cookie.startsWith(start));
		const tokens = (own ?? '').slice(start.length).split('.');
		return tokens.filter((token) => TOKEN.test(token)).slice(0, IN_COOKIE);
	}

	const cookieOf = (tokens: string[]): string =>
		new Cookie(name, tokens.join('.'), {
			httpOnly: true,
			sameSite: 'strict',
			secure,
			path: '/',
			maxAge: tokens.length > 0 ? KNOWN_DAYS * 86_400 : 0
		}).serialize();

	/** Forgets this browser's tokens for an account; answers those for others. */
	async function drop(person: PersonId, cookies: string | undefined): Promise<string[]> {
		const tokens = tokensIn(cookies);
		const own = new Set(await store.find(tokens.map(hashed), person, now()));
		await store.remove([...own]);
		return tokens.filter((token) => !own.has(hashed(token)));
	}

	return {
		async identify(person, cookies) {
			const tokens = tokensIn(cookies);
			if (tokens.length === 0) return null;
			return (await store.find(tokens.map(hashed), person, now()))[0] ?? null;
		},
		async remember(person, session, cookies) {
			const others = await drop(person, cookies);
			// Always a new one: a token that somebody planted is never made good.
			const token = randomBytes(32).toString('base64url');
			const at = now();
			const device = { id: hashed(token), person, session, usedAt: at };
			await store.insert({ ...device, expiresAt: at + KNOWN_DAYS * DAY }, PER_ACCOUNT);
			return cookieOf([token, ...others].slice(0, IN_COOKIE));
		},
		forget: async (person, cookies) => cookieOf(await drop(person, cookies)),
		removeExpired: () => store.removeExpired(now())
	};
}
