/** What every FileQueue must do (docs/protocol.md, "Files on the device"). */
import type { FileQueue, LocalFile } from '../../src/lib/sync/ports-files.ts';
import { testsWith, type Suite } from './suite.ts';
import { id } from './rows.ts';

/** Two handles on one and the same queue, new for each test. */
export interface FilesFixture {
	queue: FileQueue;
	second: FileQueue;
	end(): Promise<void>;
}

export function localFile(more: Partial<LocalFile> = {}): LocalFile {
	return {
		id: id(),
		room: id(),
		name: 'a.txt',
		type: 'text/plain',
		size: 3,
		at: 1,
		width: null,
		height: null,
		state: 'waiting',
		sent: 0,
		url: null,
		sha256: null,
		refusal: null,
		...more
	};
}

export function fileQueueContract(suite: Suite, make: () => Promise<FilesFixture>): void {
	const { expect, waitFor } = suite;
	const it = testsWith(suite, make);

	it('keeps files with their bytes, the oldest first', async ({ queue, second }) => {
		const [a, b] = [localFile({ at: 2 }), localFile({ at: 1 })];
		await queue.add(a, new Blob(['one']));
		await queue.add(b, new Blob(['two']));
		expect(await second.all()).toEqual([b, a]);
		expect(await (await queue.bytes(a.id))?.text()).toBe('one');
		expect(await queue.bytes(id())).toBe(null);
	});

	it('remembers where an upload goes on (complaint 19)', async ({ queue, second }) => {
		const file = localFile();
		await queue.add(file, new Blob(['abc']));
		await queue.change(file.id, { url: '/somewhere', sent: 2 });
		expect(await second.all()).toEqual([{ ...file, url: '/somewhere', sent: 2 }]);
		await queue.change(id(), { sent: 1 });
		expect((await queue.all()).length).toBe(1);
	});

	it('removes bytes with their file', async ({ queue }) => {
		const [a, b] = [localFile(), localFile()];
		await queue.add(a, new Blob(['a']));
		await queue.add(b, new Blob(['b']));
		await queue.remove([a.id, id()]);
		expect((await queue.all()).map((file) => file.id)).toEqual([b.id]);
		expect(await queue.bytes(a.id)).toBe(null);
	});

	it('tells of changes', async ({ queue, second }) => {
		let told = 0;
		const end = second.watch(() => told++);
		const file = localFile();
		await queue.add(file, new Blob(['x']));
		await waitFor(() => told > 0);
		const before = told;
		await queue.change(file.id, { sent: 1 });
		await waitFor(() => told > before);
		end();
	});
}
