/**
 * Planted bugs: each must turn the checker red, or the checker proves nothing. They live here, as
 * wrappers around the real parts, and nowhere in the product.
 */
import type Database from 'better-sqlite3';
import type { Committed, Store } from '../../../server/domain/store-port.ts';
import type { Link, LocalStore } from '../../../src/lib/sync/ports.ts';
import type { MessageRow } from '../../../src/lib/protocol/change.ts';

export const BUGS = [
	'cursor by id',
	'acknowledge before commit',
	'emit before commit',
	'no dedupe',
	'cursor saved apart from rows',
	'live frame moves the low-water mark',
	'membership checked once',
	'sort by clock',
	'no heads asked for',
	'decline ends an answered call',
	'ring without until',
	'no membership check per signal',
	'unread counted for answered'
] as const;
export type Bug = (typeof BUGS)[number];

/** What a planted bug may reach for. */
interface Tools {
	db: Database.Database;
	after: (ms: number, run: () => void) => void;
}

const ROLLBACK = new Error('rollback');

/** What a commit would do, without doing it. */
function rehearse(
	store: Store,
	db: Database.Database,
	args: Parameters<Store['commit']>
): Promise<Committed> {
	db.exec('SAVEPOINT rehearsal');
	const done = store.commit(...args);
	return done.finally(() => db.exec('ROLLBACK TO rehearsal; RELEASE rehearsal'));
}

/** Bugs of the server's store. */
export function plantInStore(store: Store, bug: Bug | null, { db, after }: Tools): Store {
	if (bug === 'no dedupe') {
		return override(store, 'commit', (acts, decide, now) =>
			store.commit(
				acts.map((prepared) => {
					if (prepared.act.kind !== 'message.post') return prepared;
					const there = db.prepare('SELECT 1 FROM message WHERE id = ?').get(prepared.act.id);
					if (!there) return prepared;
					const id = prepared.act.id.slice(0, -6) + String(Math.floor(now) % 1e6).padStart(6, '0');
					return { ...prepared, act: { ...prepared.act, id } };
				}),
				decide,
				now
			)
		);
	}
	if (bug === 'acknowledge before commit' || bug === 'emit before commit') {
		return override(store, 'commit', async (acts, decide, now) => {
			const foretold = await rehearse(store, db, [acts, decide, now]);
			after(5, () => {
				store.commit(acts, decide, now).catch((error: unknown) => {
					if (error !== ROLLBACK) throw error;
				});
			});
			return bug === 'emit before commit'
				? foretold
				: { ...foretold, frames: [], membershipChanges: [] };
		});
	}
	if (bug === 'cursor by id') {
		return override(store, 'pull', async (person, ask) => {
			const answer = await store.pull(person, ask);
			for (const page of answer.pages) {
				if (page.type === 'page') {
					page.rows = page.rows.filter((row) => row.kind !== 'message' || row.seq > page.from);
				}
			}
			return answer;
		});
	}
	return store;
}

function override<K extends keyof Store>(store: Store, key: K, run: Store[K]): Store {
	return new Proxy(store, {
		get: (target, name: keyof Store) => (name === key ? run : target[name])
	});
}

/** Bugs of the device's store. */
export function plantInLocalStore(
	store: LocalStore,
	bug: Bug | null,
	wait: (ms: number) => Promise<void>
): LocalStore {
	if (bug === 'unread counted for answered') return countAnswered(store);
	if (bug !== 'cursor saved apart from rows' && bug !== 'live frame moves the low-water mark')
		return store;
	const commit: LocalStore['commit'] = async (changes, me) => {
		if (bug === 'live frame moves the low-water mark') {
			const wider = changes.map((change) => {
				const { next } = change;
				if (!next?.cursor || next.kind !== 'room') return change;
				return {
					...change,
					next: { ...next, ranges: [{ from: 1, to: next.cursor.s, asOf: null }] }
				};
			});
			return store.commit(wider, me);
		}
		const first = await store.commit(
			changes.map((change) => ({ ...change, rows: [], cards: [] })),
			me
		);
		if (!first) return null;
		await wait(20);
		const versions = new Map(first.map((state) => [state.id, state]));
		const rest = changes.flatMap((change) => {
			const state = versions.get(change.id);
			if (!state || change.rows.length === 0) return [];
			return [{ ...change, expect: state.version, next: state, wipe: false }];
		});
		return rest.length === 0 ? first : store.commit(rest, me);
	};
	return new Proxy(store, {
		get(target, name: keyof LocalStore) {
			const value = name === 'commit' ? commit : target[name];
			return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
		}
	});
}

/** A device to which every call that has ended is a missed one. */
function countAnswered(store: LocalStore): LocalStore {
	const commit: LocalStore['commit'] = (changes, me) =>
		store.commit(
			changes.map((change) => ({
				...change,
				rows: change.rows.map((row) =>
					row.kind === 'message' && row.call?.ended
						? { ...row, call: { ...row.call, end: 'missed' } }
						: row
				)
			})),
			me
		);
	return new Proxy(store, {
		get(target, name: keyof LocalStore) {
			const value = name === 'commit' ? commit : target[name];
			return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
		}
	});
}

/** Bugs of the device's link. */
export function plantInLink(link: Link, bug: Bug | null): Link {
	if (bug !== 'no heads asked for') return link;
	let first: unknown = null;
	return {
		...link,
		live: link.live,
		async ask(name, ask) {
			if (name !== 'heads') return link.ask(name, ask);
			// Heads are asked for once, at the beginning, and never again.
			first ??= await link.ask(name, ask);
			return structuredClone(first) as never;
		}
	};
}

/** Bugs of the screen: rows in the order in which they are shown. */
export function plantOnScreen(rows: MessageRow[], bug: Bug | null): MessageRow[] {
	if (bug !== 'sort by clock') return rows;
	return [...rows].sort((a, b) => (a.sent ?? a.at) - (b.sent ?? b.at));
}
