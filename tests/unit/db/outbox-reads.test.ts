/** Many readers, one reading; never an old one after a change was told. */
import { expect, test } from 'vitest';
import { sharedReads } from '../../../src/lib/db/outbox-reads.ts';
import { MemoryOutboxStore } from '../../../src/lib/sync/memory/memory-outbox.ts';
import { StoreError } from '../../../src/lib/sync/ports.ts';
import { id, post } from '../../contract/rows.ts';

/** Like Dexie, it tells whoever watches the shortest first. */
class NewestFirst extends MemoryOutboxStore {
	override watch(changed: () => void): () => void {
		const older = [...this.data.watchers];
		this.data.watchers.clear();
		for (const one of [changed, ...older]) this.data.watchers.add(one);
		return () => this.data.watchers.delete(changed);
	}
}

function counted() {
	const outbox = new NewestFirst();
	const all = outbox.all.bind(outbox);
	let readings = 0;
	outbox.all = () => (readings++, all());
	return { outbox, reads: sharedReads(outbox), readings: () => readings };
}

test('between two changes the outbox is read once', async () => {
	const { reads, readings } = counted();
	await Promise.all([reads.all(), reads.all(), reads.all()]);
	await reads.all();
	expect(readings()).toBe(1);
});

test('whoever is told of a change reads what has changed', async () => {
	const { outbox, reads, readings } = counted();
	const room = id();
	const found: number[] = [];
	const told = new Promise<void>((resolve) => {
		for (let n = 0; n < 3; n++) {
			reads.watch(async () => {
				if (found.push((await reads.all()).length) === 3) resolve();
			});
		}
	});
	expect(await reads.all()).toEqual([]);
	await outbox.add(post(room, 'a'), room, 1);
	await told;
	expect(found).toEqual([1, 1, 1]);
	expect(readings()).toBe(2);
});

test('a reading that a change overtakes is not handed on', async () => {
	const { outbox, reads } = counted();
	const room = id();
	const early = reads.all();
	const told = new Promise<void>((resolve) => void reads.watch(resolve));
	await outbox.add(post(room, 'a'), room, 1);
	await told;
	await early;
	expect((await reads.all()).length).toBe(1);
});

test('a fault is told to those who asked, and not kept', async () => {
	const { outbox, reads } = counted();
	outbox.fail('broken');
	await expect(reads.all()).rejects.toEqual(new StoreError('broken'));
	outbox.fail(null);
	expect(await reads.all()).toEqual([]);
});
