/** Files on their way, in memory: for tests, and for browsers that refuse storage. */
import type { FileQueue, LocalFile } from '../ports-files.ts';

export class MemoryFileQueue implements FileQueue {
	private readonly files = new Map<string, LocalFile>();
	private readonly blobs = new Map<string, Blob>();
	private readonly watchers = new Set<() => void>();

	async add(file: LocalFile, bytes: Blob): Promise<void> {
		this.files.set(file.id, { ...file });
		this.blobs.set(file.id, bytes);
		this.tell();
	}

	async all(): Promise<LocalFile[]> {
		return [...this.files.values()].sort((a, b) => a.at - b.at).map((file) => ({ ...file }));
	}

	async bytes(id: string): Promise<Blob | null> {
		return this.blobs.get(id) ?? null;
	}

	async change(id: string, change: Partial<Omit<LocalFile, 'id'>>): Promise<void> {
		const file = this.files.get(id);
		if (!file) return;
		this.files.set(id, { ...file, ...change });
		this.tell();
	}

	async remove(ids: string[]): Promise<void> {
		for (const id of ids) {
			this.files.delete(id);
			this.blobs.delete(id);
		}
		this.tell();
	}

	watch(changed: () => void): () => void {
		this.watchers.add(changed);
		return () => void this.watchers.delete(changed);
	}

	private tell(): void {
		for (const changed of [...this.watchers]) queueMicrotask(changed);
	}
}
