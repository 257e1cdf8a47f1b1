/** Devices that are on their way into a call: a hang-up that overtakes its start or join holds all the same. */
import type { Actor } from '../domain/ports.ts';

interface Entry {
	person: string;
	device: string;
	/** id of the call that was asked for; a start may lead into another one */
	call: string;
	/** the device has hung up meanwhile */
	hasLeft: boolean;
}

export class Entries {
	readonly #underWay = new Set<Entry>();

	/** A device asks to be let in. `end` has to follow. */
	begin({ person, device }: Actor, call: string): Entry {
		const entry: Entry = { person, device, call, hasLeft: false };
		this.#underWay.add(entry);
		return entry;
	}

	/** A device hangs up. */
	leave({ person, device }: Actor, call: string): void {
		for (const entry of this.#underWay) {
			const isIt = entry.person === person && entry.device === device && entry.call === call;
			if (isIt) entry.hasLeft = true;
		}
	}

	end(entry: Entry): void {
		this.#underWay.delete(entry);
	}
}
