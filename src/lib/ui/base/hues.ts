/** Which colour stands for whom: neighbours never have the same one while there are enough. Pure. */

/** Hues in degrees of OKLCH, thirty apart: told from one another, and legible under white letters. */
export const HUES = [15, 45, 75, 105, 135, 165, 195, 225, 255, 285, 315, 345] as const;

/** The slot that an id has by itself, always the same. */
function slotOf(id: string): number {
	let sum = 0;
	for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) >>> 0;
	return sum % HUES.length;
}

/** The first slot from this one on that is allowed; the wanted one if none is. */
function nextSlot(wanted: number, isAllowed: (slot: number) => boolean): number {
	for (let step = 0; step < HUES.length; step++) {
		const slot = (wanted + step) % HUES.length;
		if (isAllowed(slot)) return slot;
	}
	return wanted;
}

/** The slot that an id would like: the one it has elsewhere on screen, else its own. */
function wantedSlot(id: string, known: ReadonlyMap<string, number>): number {
	const slot = HUES.findIndex((hue) => hue === known.get(id));
	return slot === -1 ? slotOf(id) : slot;
}

/** Slot of each id by what they are, not by where they stand; the least used ones are taken first. */
function slotsOf(ids: readonly string[], known: ReadonlyMap<string, number>): Map<string, number> {
	const uses = HUES.map(() => 0);
	const slots = new Map<string, number>();
	const order = [...new Set(ids)].sort();
	for (const id of [
		...order.filter((one) => known.has(one)),
		...order.filter((one) => !known.has(one))
	]) {
		const least = Math.min(...uses);
		const slot = nextSlot(wantedSlot(id, known), (one) => uses[one] === least);
		uses[slot]!++;
		slots.set(id, slot);
	}
	return slots;
}

/**
 * The hue of each of those who stand together in a list or a conversation.
 *
 * As many as there are hues all differ, and moving about changes nothing. Of more than that two have the same hue
 * somewhere, but never side by side.
 * @param ids in the order in which they stand
 * @param known hues that some of them have elsewhere on screen; kept where no two of them are the same
 */
export function huesOf(
	ids: readonly string[],
	known: ReadonlyMap<string, number> = new Map()
): Map<string, number> {
	const slots = slotsOf(ids, known);
	if (slots.size > HUES.length) {
		const order = [...new Set(ids)];
		order.forEach((id, at) => {
			const before = slots.get(order[at - 1] ?? '');
			const after = slots.get(order[at + 1] ?? '');
			if (slots.get(id) !== before) return;
			slots.set(
				id,
				nextSlot(wantedSlot(id, known), (slot) => slot !== before && slot !== after)
			);
		});
	}
	return new Map([...slots].map(([id, slot]) => [id, HUES[slot]!]));
}

/** The same, and what is around them. @param around hues of those who are on screen besides */
export const huesWithin = (
	ids: readonly string[],
	around: ReadonlyMap<string, number> = new Map()
): ReadonlyMap<string, number> => new Map([...around, ...huesOf(ids, around)]);

/** The hue of somebody who stands alone. */
export const hueOf = (id: string): number => HUES[slotOf(id)]!;
