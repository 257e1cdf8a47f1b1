/** As much of a browser's `Storage` as the app uses. */
export class MemoryStorage {
	readonly #values = new Map<string, string>();
	get length(): number {
		return this.#values.size;
	}
	key = (at: number): string | null => [...this.#values.keys()][at] ?? null;
	getItem = (key: string): string | null => this.#values.get(key) ?? null;
	setItem = (key: string, value: string): void => void this.#values.set(key, value);
	removeItem = (key: string): void => void this.#values.delete(key);
}
