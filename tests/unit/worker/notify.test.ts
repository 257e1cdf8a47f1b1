/** Every push ends in a notification that is seen, whatever goes wrong before (P10). */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import {
	closeRead,
	countShown,
	notificationOf,
	wordsIn,
	type Words
} from '../../../src/lib/i18n/notification.ts';
import type { PushNote } from '../../../src/lib/protocol/push.ts';
import { handlePush, readPush, type PushParts } from '../../../src/lib/worker/notify.ts';

const words: Words = {
	more: (count) => `${count} more`,
	files: (count) => `${count} files`,
	something: 'something new',
	reply: 'Reply',
	markRead: 'Read',
	works: 'works',
	app: 'Roost'
};
const note = (more: Partial<PushNote> = {}): PushNote => ({
	...{ v: 1, room: 'r', count: 1, badge: 3, title: 'Attic', direct: false, author: 'ann' },
	...{ text: 'hello', id: 'm', seq: 7, at: 5 },
	...more
});

function parts(more: Partial<PushParts> = {}) {
	const shown: ReturnType<typeof notificationOf>[] = [];
	const done: PushParts = {
		choices: async () => ({ locale: 'en', sound: true, preview: true }),
		store: async () => '',
		claim: async () => true,
		countShown: async () => 0,
		closeRead: async () => undefined,
		show: async (one) => void shown.push(one),
		badge: async () => undefined,
		after: () => new Promise(() => undefined),
		report: () => undefined,
		...more
	};
	return { done, shown };
}

test('whatever comes, one notification is shown', async () => {
	const texts = fc.oneof(fc.constant(null), fc.string(), fc.json());
	await fc.assert(
		fc.asyncProperty(texts, async (text) => {
			const { done, shown } = parts();
			await handlePush(text, done);
			expect(shown.length).toBe(1);
			expect(shown[0]?.options.body).not.toBe('');
		})
	);
});

test('words that were kept out of the push are shown once they were fetched, unless the device shows none', async () => {
	const wordless = JSON.stringify(note({ text: '' }));
	const store = async () => 'w'.repeat(300);
	const fetched = parts({ store });
	await handlePush(wordless, fetched.done);
	expect(fetched.shown[0]?.options.body).toBe(`ann: ${'w'.repeat(200)}`);
	const unknown = parts();
	await handlePush(wordless, unknown.done);
	expect(unknown.shown[0]?.options.body).not.toContain('www');
	const silent = parts({
		store,
		choices: async () => ({ locale: 'en', sound: true, preview: false })
	});
	await handlePush(wordless, silent.done);
	expect(silent.shown[0]?.options.body).not.toContain('www');
});

test('the message is stored before it is shown, and shown also when that fails or hangs', async () => {
	const order: string[] = [];
	const first = parts({ store: async () => (order.push('stored'), '') });
	first.done.show = async () => void order.push('shown');
	await handlePush(JSON.stringify(note()), first.done);
	expect(order).toEqual(['stored', 'shown']);

	const report = vi.fn();
	const failing = parts({
		store: async () => {
			throw new Error('no database');
		},
		report
	});
	await handlePush(JSON.stringify(note()), failing.done);
	expect([failing.shown.length, report.mock.calls.length]).toEqual([1, 1]);

	const hanging = parts({
		store: () => new Promise(() => undefined),
		after: async () => undefined
	});
	await handlePush(JSON.stringify(note()), hanging.done);
	expect(hanging.shown.length).toBe(1);
});

test('one conversation has one notification, with what can be done about it', () => {
	const { title, options } = notificationOf(note({ count: 4 }), words);
	expect([title, options.tag, options.body]).toEqual(['Attic', 'r', 'ann: hello\n3 more']);
	expect(options.actions?.map(({ action }) => action)).toEqual(['reply', 'read']);
	expect(options.data).toEqual({ room: 'r', seq: 7, count: 4 });
	const direct = notificationOf(note({ direct: true, title: '' }), words);
	expect([direct.title, direct.options.body]).toEqual(['ann', 'hello']);
});

test('without a preview nothing of the text is shown (P7)', () => {
	expect(notificationOf(note({ text: '' }), words).options.body).toBe('ann: something new');
	expect(notificationOf(note({ text: '', files: 2 }), words).options.body).toBe('ann: 2 files');
});

test('the badge is what the server counted', async () => {
	const badge = vi.fn(async () => undefined);
	await handlePush(JSON.stringify(note()), parts({ badge }).done);
	expect(badge).toHaveBeenCalledWith(3);
	expect(readPush('{"v":2}')).toBe(null);
});

test('it speaks the language of the app, shows no text and rings no bell where that is not wanted', async () => {
	const choices = async () => ({ locale: 'zh', sound: false, preview: false });
	const { done, shown } = parts({ choices });
	await handlePush(JSON.stringify(note()), done);
	const [{ options }] = shown as [(typeof shown)[0]];
	expect(options.body).toBe('ann: 有新消息。');
	expect([options.silent, options.actions?.[0]?.title]).toEqual([true, wordsIn('zh').reply]);
	expect(wordsIn('en').markRead).toBe('Mark as read');
});

test('what a page has told already is shown again without ringing', async () => {
	const { done, shown } = parts({ claim: async () => false, countShown: async () => 2 });
	await handlePush(JSON.stringify(note()), done);
	expect(shown[0]?.options).toMatchObject({ silent: true, renotify: false, tag: 'r' });
	expect(shown[0]?.options.data).toEqual({ room: 'r', seq: 7, count: 2 });
});

test('a conversation whose notification is still there is counted on', async () => {
	const { done, shown } = parts({ countShown: async () => 3 });
	await handlePush(JSON.stringify(note({ count: 2 })), done);
	expect(shown[0]?.options.body).toContain('4');
	expect(shown[0]?.options.data).toMatchObject({ count: 5 });
});

test('nothing that hangs or fails keeps the notification from being shown', async () => {
	const fails = () => Promise.reject(new Error('no database'));
	for (const broken of [fails, () => new Promise<never>(() => undefined)]) {
		const { done, shown } = parts({
			...{ choices: broken, store: broken, claim: broken, countShown: broken, badge: broken },
			...{ closeRead: broken, after: () => new Promise((resolve) => void setTimeout(resolve, 1)) }
		});
		await handlePush(JSON.stringify(note()), done);
		expect(shown[0]?.options.body).toBe('ann: hello');
	}
});

test('notifications of what was read are closed, and only those', async () => {
	const closed: string[] = [];
	const of = (room: string, data: unknown) =>
		({ data, tag: room, close: () => void closed.push(room) }) as unknown as Notification;
	const all = [
		of('a', { room: 'a', seq: 1, count: 3 }),
		of('b', { room: 'b', seq: 2 }),
		of('c', null)
	];
	const screen = {
		getNotifications: async (filter?: { tag?: string }) =>
			all.filter(({ tag }) => filter?.tag === undefined || filter.tag === tag)
	};
	const standings = new Map([
		['a', { unread: 0, upto: 1 }],
		['b', { unread: 1, upto: 2 }]
	]);
	await closeRead(screen, (room) => standings.get(room));
	expect(closed).toEqual(['a']);
	// What has not come to this device cannot have been read on it: the notification is all there is.
	standings.set('b', { unread: 0, upto: 1 });
	await closeRead(screen, (room) => standings.get(room));
	expect(closed).toEqual(['a', 'a']);
	standings.set('b', { unread: 0, upto: 2 });
	await closeRead(screen, (room) => standings.get(room));
	expect(closed).toEqual(['a', 'a', 'a', 'b']);
	const counts = ['a', 'b', 'none'].map((room) => countShown(screen, room));
	expect(await Promise.all(counts)).toEqual([3, 1, 0]);
});
