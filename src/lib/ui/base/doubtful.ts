/** Tells the components of a conversation or list whose names could be taken for those of others in it. */
import { getContext, setContext } from 'svelte';
import type { PersonId } from '../../protocol/ids.ts';

type Doubtful = () => ReadonlySet<PersonId> | undefined;
const KEY = Symbol('doubtful');

/** Inside a component: for it and all in it. @param doubtful as mistakable.ts tells; may change */
export function provideDoubtful(doubtful: Doubtful): void {
	setContext(KEY, doubtful);
}

/** Inside a component. @returns what the nearest list around it provides */
export function useDoubtful(): Doubtful {
	return getContext<Doubtful | undefined>(KEY) ?? (() => undefined);
}
