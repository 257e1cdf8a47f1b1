/** What signing out counts and deletes: step by step, so that a store which does not open keeps no other one alive. */
import type { DexieDraftFiles } from '../../db/dexie-draft-files.ts';
import type { DexieOutbox } from '../../db/dexie-outbox.ts';
import type { DexieShares } from '../../db/dexie-shares.ts';
import type { PersonId } from '../../protocol/ids.ts';
import { isUserVisible } from '../../sync/outbox/create-act.ts';
import { StoreError } from '../../sync/ports.ts';

/** Runs every step, one after the other; rejects at the end with what went wrong, if anything did. */
export async function runAll(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
	const errors: unknown[] = [];
	for (const step of steps) {
		try {
			await step();
		} catch (error) {
			errors.push(error);
		}
	}
	if (errors.length > 1) throw new AggregateError(errors, 'several steps failed');
	if (errors.length === 1) throw errors[0];
}

/** What is counted, and where an error goes that keeps nobody from signing out. */
export interface UnsentParts {
	openOutbox(): Promise<
		Pick<DexieOutbox, 'all' | 'close'> & { draftFiles(): Pick<DexieDraftFiles, 'count'> }
	>;
	openShares(): Promise<Pick<DexieShares, 'all' | 'close'>>;
	onError(error: unknown): void;
}

async function sharesOf(account: PersonId, { openShares, onError }: UnsentParts): Promise<number> {
	try {
		const shares = await openShares();
		try {
			return (await shares.all()).filter((share) => share.account === account).length;
		} finally {
			shares.close();
		}
	} catch (error) {
		if (!(error instanceof StoreError)) throw error;
		onError(error);
		return 0;
	}
}

/**
 * Counts what an account would lose: what it did and the server does not have, files that were picked and not
 * sent, and what was shared into the app and is not said yet; shares that cannot be read count as none. Rejects with StoreError when the outbox
 * cannot be read.
 */
export async function countUnsent(account: PersonId, parts: UnsentParts): Promise<number> {
	const outbox = await parts.openOutbox();
	try {
		const acts = (await outbox.all()).filter(isUserVisible).length;
		const picked = await outbox.draftFiles().count();
		return acts + picked + (await sharesOf(account, parts));
	} finally {
		outbox.close();
	}
}
