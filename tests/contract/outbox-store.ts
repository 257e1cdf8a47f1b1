/** What every OutboxStore must do (docs/protocol.md, "The outbox"). */
import { refuse } from '../../src/lib/protocol/refusal.ts';
import type { OutboxStore } from '../../src/lib/sync/ports.ts';
import { testsWith, type Suite } from './suite.ts';
import { id, post } from './rows.ts';

/** Two handles on one and the same outbox, new for each test. */
export interface OutboxFixture {
	store: OutboxStore;
	second: OutboxStore;
	end(): Promise<void>;
}

export function outboxStoreContract(suite: Suite, make: () => Promise<OutboxFixture>): void {
	const { expect, waitFor } = suite;
	const it = testsWith(suite, make);
	const texts = async (store: OutboxStore) =>
		(await store.all()).map((row) => ('body' in row.act ? row.act.body : row.act.kind));

	it('promise 4: keeps acts in the order in which they were done, whichever tab did them', async ({
		store,
		second
	}) => {
		const room = id();
		const first = await store.add(post(room, 'a'), room, 10);
		await second.add(post(room, 'b'), room, 5);
		await store.add(post(room, 'c'), room, 20);
		expect(await texts(second)).toEqual(['a', 'b', 'c']);
		expect(first).toMatchObject({ lane: room, state: 'queued', refusal: null, at: 10, tries: 0 });
		const ns = (await store.all()).map((row) => row.order);
		expect(ns).toEqual([...ns].sort((a, b) => a - b));
	});

	it('promise 2: the same act added twice is there once', async ({ store }) => {
		const room = id();
		const act = post(room, 'once');
		const a = await store.add(act, room, 1);
		const b = await store.add(act, room, 2);
		expect(b).toEqual(a);
		expect((await store.all()).length).toBe(1);
	});

	it('removes what an act replaces, in the same step', async ({ store }) => {
		const room = id();
		const old = post(room, 'old');
		await store.add(old, room, 1);
		await store.add(post(room, 'new'), room, 2, [old.id, id()]);
		expect(await texts(store)).toEqual(['new']);
	});

	it('complaint 6: rewriting keeps place and id, and says when the act is gone (O4)', async ({
		store
	}) => {
		const room = id();
		const [a, b] = [post(room, 'a'), post(room, 'b')];
		await store.add(a, room, 1);
		await store.add(b, room, 2);
		expect(await store.rewrite(a.id, { ...a, id: id(), body: 'A' })).toBe(true);
		expect(await texts(store)).toEqual(['A', 'b']);
		expect((await store.all())[0]?.act.id).toBe(a.id);
		expect(await store.rewrite(id(), a)).toBe(false);
	});

	it('settles: gone, refused, replaced; ids that are gone are passed over', async ({ store }) => {
		const room = id();
		const acts = ['a', 'b', 'c', 'd'].map((body) => post(room, body));
		for (const act of acts) await store.add(act, room, 1);
		const other = post(room, 'C');
		await store.tried([acts[2]!.id]);
		await store.settle([
			{ id: acts[0]!.id, to: 'gone' },
			{ id: acts[1]!.id, to: 'refused', refusal: refuse('not_a_member') },
			{ id: acts[2]!.id, to: 'replaced', act: other },
			{ id: id(), to: 'gone' }
		]);
		const rows = await store.all();
		expect(await texts(store)).toEqual(['b', 'C', 'd']);
		expect(rows[0]).toMatchObject({ state: 'refused', refusal: { code: 'not_a_member' } });
		expect(rows[1]).toMatchObject({ id: other.id, state: 'queued', refusal: null, tries: 0 });
	});

	it('complaint 6: a text rewritten after it was handed to the network follows as an edit (O6)', async ({
		store
	}) => {
		const room = id();
		const sent = post(room, 'first');
		const edit = id();
		await store.add(sent, room, 1);
		await store.add(post(room, 'after'), room, 2);
		await store.rewrite(sent.id, { ...sent, body: 'second' });
		await store.settle([{ id: sent.id, to: 'gone', sent, edit }]);
		expect(await texts(store)).toEqual(['second', 'after']);
		expect((await store.all())[0]).toMatchObject({
			id: edit,
			act: { kind: 'message.edit', id: edit, message: sent.id, room }
		});
	});

	it('an unchanged text is simply gone', async ({ store }) => {
		const room = id();
		const sent = post(room, 'first');
		await store.add(sent, room, 1);
		await store.settle([{ id: sent.id, to: 'gone', sent, edit: id() }]);
		expect(await store.all()).toEqual([]);
	});

	it('renews only what was refused, at the end of its lane, under a new id', async ({ store }) => {
		const room = id();
		const [a, b] = [post(room, 'a'), post(room, 'b')];
		await store.add(a, room, 1);
		await store.add(b, room, 2);
		const fresh = post(room, 'a again');
		expect(await store.renew(a.id, fresh, 3)).toBe(false);
		await store.settle([{ id: a.id, to: 'refused', refusal: refuse('too_many') }]);
		expect(await store.renew(a.id, fresh, 3)).toBe(true);
		expect(await store.renew(a.id, fresh, 3)).toBe(false);
		expect(await texts(store)).toEqual(['b', 'a again']);
		expect((await store.all())[1]).toMatchObject({ id: fresh.id, state: 'queued', at: 3 });
	});

	it('counts attempts and answers what is still there, in order', async ({ store, second }) => {
		const room = id();
		const [a, b] = [post(room, 'a'), post(room, 'b')];
		await store.add(a, room, 1);
		await store.add(b, room, 2);
		const rows = await second.tried([b.id, id(), a.id]);
		expect(rows.map((row) => [row.id, row.tries])).toEqual([
			[a.id, 1],
			[b.id, 1]
		]);
		expect((await store.all()).map((row) => row.tries)).toEqual([1, 1]);
	});

	it('discards; "untried" spares what may have arrived', async ({ store }) => {
		const room = id();
		const act = post(room, 'a');
		await store.add(act, room, 1);
		await store.tried([act.id]);
		expect(await store.discard(act.id, true)).toBe(false);
		expect(await store.discard(act.id)).toBe(true);
		expect(await store.discard(act.id)).toBe(false);
		expect(await store.all()).toEqual([]);
	});

	it('complaint 7: keeps a draft per conversation; an empty one is removed', async ({
		store,
		second
	}) => {
		const room = id();
		expect(await store.draft(room)).toBe(null);
		await store.saveDraft({ room, body: 'half a', at: 1 });
		await store.saveDraft({ room, body: 'half a thought', at: 2 });
		expect(await second.draft(room)).toEqual({ room, body: 'half a thought', at: 2 });
		await store.saveDraft({ room, body: '', at: 3 });
		expect(await second.draft(room)).toBe(null);
	});

	it('complaint 7: a message takes the draft away that it was, and no other', async ({ store }) => {
		const room = id();
		await store.saveDraft({ room, body: ' half a thou', at: 1 });
		await store.add(post(room, 'something else'), room, 2);
		expect((await store.draft(room))?.body).toBe(' half a thou');
		await store.add(post(id(), 'half a thought'), room, 3);
		expect((await store.draft(room))?.body).toBe(' half a thou');
		await store.add({ ...post(room, 'half a thought'), forward: id() }, room, 3);
		expect((await store.draft(room))?.body).toBe(' half a thou');
		await store.add(post(room, 'half a thought'), room, 4);
		expect(await store.draft(room)).toBe(null);
	});

	it('tells every handle after a change until the watch ends', async ({ store, second }) => {
		const room = id();
		let heard = 0;
		const end = second.watch(() => heard++);
		await store.add(post(room, 'a'), room, 1);
		await waitFor(() => heard > 0);
		end();
		const before = heard;
		await store.add(post(room, 'b'), room, 1);
		await store.all();
		expect(heard).toBe(before);
	});

	it('rejects with StoreError once closed', async ({ store }) => {
		store.close();
		const error = await store.all().catch((error: unknown) => error);
		expect((error as { reason?: string }).reason).toBe('closed');
	});
}
