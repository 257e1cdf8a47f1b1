/** A choice that is remembered on this device, and is the same in all its tabs. */

function read(key: string): string | null {
	try {
		return localStorage.getItem(key);
	} catch (error) {
		// Storage may be forbidden altogether; then the usual is right.
		if (error instanceof DOMException) return null;
		throw error;
	}
}

export class RememberedChoice<T extends string> {
	readonly #key: string;
	readonly #choices: readonly T[];
	#choice = $state() as T;

	/** @param choices all there are; the first is the usual one */
	constructor(key: string, choices: readonly [T, ...T[]]) {
		this.#key = key;
		this.#choices = choices;
		this.#look();
	}

	/** Begins to follow other tabs; the answer ends it. */
	start(): () => void {
		const follow = ({ key }: StorageEvent): void => {
			if (key === this.#key || key === null) this.#look();
		};
		window.addEventListener('storage', follow);
		return () => window.removeEventListener('storage', follow);
	}

	get current(): T {
		return this.#choice;
	}

	set(choice: T): void {
		this.#choice = choice;
		try {
			localStorage.setItem(this.#key, choice);
		} catch (error) {
			// Without storage the choice holds until the tab closes.
			if (!(error instanceof DOMException)) throw error;
		}
	}

	/** Goes back to the usual, and keeps nothing. */
	forget(): void {
		this.#choice = this.#choices[0]!;
		try {
			localStorage.removeItem(this.#key);
		} catch (error) {
			if (!(error instanceof DOMException)) throw error;
		}
	}

	#look(): void {
		const kept = read(this.#key);
		this.#choice = this.#choices.find((one) => one === kept) ?? this.#choices[0]!;
	}
}
