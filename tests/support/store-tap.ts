/** Stands between the compatible API and its store, for tests of a database that is slow or fails. */
import type { createCompatStore } from '../../server/store/sql/compat-store.ts';

type Asked = (name: string, asked: unknown[]) => unknown;
type Verb = (...asked: unknown[]) => Promise<unknown>;
const nothing: Asked = () => undefined;

/** What happens before and after the server asks its store something; set by a test. */
export const tap: { before: Asked; after: Asked } = { before: nothing, after: nothing };

export function untap(): void {
	tap.before = nothing;
	tap.after = nothing;
}

/** The module of the store, with a tap; what `vi.mock` is to put in its place. */
export function tapStore(real: { createCompatStore: typeof createCompatStore }): typeof real {
	const tapped =
		(name: string, verb: Verb): Verb =>
		async (...asked) => {
			await tap.before(name, asked);
			const answer = await verb(...asked);
			await tap.after(name, asked);
			return answer;
		};
	return {
		createCompatStore(...made) {
			const verbs = Object.entries(real.createCompatStore(...made)) as [string, Verb][];
			const all = verbs.map(([name, verb]) => [name, tapped(name, verb)]);
			return Object.fromEntries(all) as ReturnType<typeof createCompatStore>;
		}
	};
}

/** Has the store wait before or after it reads this; `begun` resolves when it does. */
export function hold(wanted: string, when: keyof typeof tap = 'before') {
	const held = Promise.withResolvers<undefined>();
	const begun = Promise.withResolvers<undefined>();
	tap[when] = (name) => {
		if (name !== wanted) return;
		begun.resolve(undefined);
		return held.promise;
	};
	return { begun: begun.promise, release: () => held.resolve(undefined) };
}

/** Has the store fail when it is asked this, once. */
export function failOnce(wanted: string): void {
	tap.before = (name) => {
		if (name !== wanted) return;
		untap();
		throw new Error('the database is away');
	};
}
