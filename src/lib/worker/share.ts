/**
 * What other apps share into this one (the manifest's `share_target`). The system posts a form; the worker
 * keeps it on the device, with or without a network, and sends the window on to choose a place for it.
 */
import { deviceStore } from '../db/device.ts';
import { openShares } from '../db/open.ts';
import { browserClock, browserRandom } from '../net/browser.ts';
import { uuid7, type PersonId } from '../protocol/ids.ts';
import { SHARE_PATH } from '../protocol/paths.ts';
import { takeIn, type Intake } from '../db/share-intake.ts';
import { StoreError } from '../sync/ports.ts';

/** Why nothing was kept; the page says it in words. */
type ShareFault = StoreError['reason'] | 'too-many' | 'unreadable';

/** What the worker needs for it. */
interface ShareParts {
	/** Keeps it; answers its id, or null when too many wait already. Rejects with StoreError. */
	keep(taken: Intake): Promise<string | null>;
	onError(error: unknown): void;
}

/** Whether a request is something shared into the app. */
export function isShare({ method, url }: Pick<Request, 'method' | 'url'>): boolean {
	return method === 'POST' && new URL(url).pathname === SHARE_PATH;
}

function textOf(form: FormData, name: string): string | undefined {
	const value = form.get(name);
	return typeof value === 'string' ? value : undefined;
}

/** The form as the manifest names its fields. Rejects with TypeError when it is none. */
async function readShare(request: Request): Promise<Intake> {
	const form = await request.formData();
	const files = form.getAll('files').filter((one) => one instanceof File);
	return takeIn({
		title: textOf(form, 'title'),
		text: textOf(form, 'text'),
		url: textOf(form, 'url'),
		// A form without a chosen file carries one without a name.
		files: files.filter(({ name, size }) => name !== '' || size > 0)
	});
}

/** Some apps hand nothing over, or fields of their own; there is nothing then to choose a place for. */
const isEmpty = ({ text, files, left }: Intake): boolean =>
	text === '' && files.length === 0 && left.length === 0;

async function keptAs(request: Request, { keep, onError }: ShareParts): Promise<string> {
	const fault = (code: ShareFault): string => `${SHARE_PATH}?fault=${code}`;
	try {
		const taken = await readShare(request);
		if (isEmpty(taken)) return fault('unreadable');
		const id = await keep(taken);
		return id === null ? fault('too-many') : `${SHARE_PATH}?id=${id}`;
	} catch (error) {
		onError(error);
		return fault(error instanceof StoreError ? error.reason : 'unreadable');
	}
}

/** Answers the form. Never rejects: the window is always sent on, if only to be told what went wrong. */
export async function takeShare(request: Request, parts: ShareParts): Promise<Response> {
	const path = await keptAs(request, parts);
	return Response.redirect(new URL(path, request.url), 303);
}

async function owner(): Promise<PersonId | null> {
	return (await deviceStore().read()).signedIn?.account.person.id ?? null;
}

/** Keeps what was shared in the device's database. */
export const deviceShares: ShareParts = {
	async keep(taken) {
		const shares = await openShares();
		try {
			const makeId = (): string => uuid7(browserClock.now(), browserRandom.bytes(10));
			return await shares.add(taken, await owner(), browserClock.now(), makeId);
		} finally {
			shares.close();
		}
	},
	onError: (error) => reportError(error)
};
