/** What signing out counts and deletes: step by step, so that a store which does not open keeps no other one alive. */
import type { DexieOutbox } from '../db/dexie-outbox.ts';
import type { DexieShares } from '../db/dexie-shares.ts';
import type { PersonId } from '../protocol/ids.ts';
import { isPersons } from '../sync/compose.ts';
import { StoreError } from '../sync/ports.ts';

/** Runs every step, one after the other; rejects at the end with what went wrong, if anything did. */
export async function runAll(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
	const faults: unknown[] = [];
	for (const step of steps) {
		try {
			await step();
		} catch (fault) {
			faults.push(fault);
		}
	}
	if (faults.length > 1) throw new AggregateError(faults, 'several steps failed');
	if (faults.length === 1) throw faults[0];
}

/** What is counted, and where a fault is told that keeps nobody from signing out. */
export interface UnsentParts {
	openOutbox(): Promise<Pick<DexieOutbox, 'all' | 'close'>>;
	openShares(): Promise<Pick<DexieShares, 'all' | 'close'>>;
	report(fault: unknown): void;
}

async function sharesOf(account: PersonId, { openShares, report }: UnsentParts): Promise<number> {
	try {
		const shares = await openShares();
		try {
			return (await shares.all()).filter((share) => share.account === account).length;
		} finally {
			shares.close();
		}
	} catch (fault) {
		if (!(fault instanceof StoreError)) throw fault;
		report(fault);
		return 0;
	}
}

/**
 * Counts what an account would lose: what it did and the server does not have, and what was shared into the
 * app and is not said yet; shares that cannot be read count as none. Rejects with StoreError when the outbox
 * cannot be read.
 */
export async function countUnsent(account: PersonId, parts: UnsentParts): Promise<number> {
	const outbox = await parts.openOutbox();
	try {
		const acts = (await outbox.all()).filter(isPersons).length;
		return acts + (await sharesOf(account, parts));
	} finally {
		outbox.close();
	}
}
