/**
 * How the system starts the installed app: with files to send, or anew while a window is open. The window
 * that is open is used (`launch_handler` in static/manifest.webmanifest).
 */
import { StoreError } from '../../sync/ports.ts';
import { isInstalled } from './installed.ts';
import type { Shares } from '../client/shares.ts';

/** https://wicg.github.io/web-app-launch/, as far as it is used. */
interface LaunchParams {
	readonly files?: readonly { getFile(): Promise<File> }[];
}
interface LaunchQueue {
	setConsumer(consume: (params: LaunchParams) => void): void;
}

const KEY = 'roost:place';
/** Addresses that are only passed through. An invite's token is not kept, and without it the invite is none. */
const PASSED = /^\/(?:$|sign-in|register|password|share|open|join\/|rooms\/recent\/)/u;

/** Where choosing a place for these files goes on. Never rejects: what went wrong is said there. */
async function placeFor(
	shares: Shares,
	handles: readonly { getFile(): Promise<File> }[],
	onError: (error: unknown) => void
): Promise<string> {
	try {
		const files = await Promise.all(handles.map((handle) => handle.getFile()));
		const id = await shares.keep(files);
		return id === null ? '/share?fault=too-many' : `/share?id=${id}`;
	} catch (error) {
		onError(error);
		return `/share?fault=${error instanceof StoreError ? error.reason : 'unreadable'}`;
	}
}

/**
 * Takes over the files that the app is opened with, those of before it was ready included.
 * @param open goes somewhere in the app
 */
export function followLaunches(
	shares: Shares,
	open: (path: string) => void,
	onError: (error: unknown) => void
): void {
	const { launchQueue } = globalThis as { launchQueue?: LaunchQueue };
	launchQueue?.setConsumer(({ files = [] }) => {
		if (files.length > 0) void placeFor(shares, files, onError).then(open);
	});
}

/** Notes where this window is, for when the system starts the app anew in it. */
export function rememberPlace(path: string): void {
	if (PASSED.test(path)) return;
	try {
		sessionStorage.setItem(KEY, path);
	} catch {
		// A browser that refuses storage: the app then starts at the list.
	}
}

/** Where somebody was who is signed out now is nobody's matter. */
export function forgetPlace(): void {
	try {
		sessionStorage.removeItem(KEY);
	} catch {
		// See above.
	}
}

/** Where this window was before the system started the installed app anew in it; null: nowhere yet. */
export function placeBefore(): string | null {
	if (!isInstalled()) return null;
	try {
		return sessionStorage.getItem(KEY);
	} catch {
		return null;
	}
}
