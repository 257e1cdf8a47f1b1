/** Gives the avatars and names of one list or conversation colours that differ from one another. */
import { getContext, setContext } from 'svelte';
import { hueOf, huesWithin } from './hues.ts';

const KEY = Symbol('neighbours');

type Hues = () => ReadonlyMap<string, number>;

/**
 * Inside a component: for it and all in it. Whoever has a colour around it keeps that where there is room: a
 * conversation looks beside the list as it does in it.
 * @param ids of those who stand together, in their order; may change
 */
export function provideNeighbours(ids: () => readonly string[]): void {
	const outer = getContext<Hues | undefined>(KEY);
	const hues = $derived(huesWithin(ids(), outer?.()));
	setContext<Hues>(KEY, () => hues);
}

/** Inside a component. @returns the hue of an id among its neighbours, or by itself where it has none */
export function useHues(): (id: string) => number {
	const hues = getContext<Hues | undefined>(KEY);
	return (id) => hues?.().get(id) ?? hueOf(id);
}
