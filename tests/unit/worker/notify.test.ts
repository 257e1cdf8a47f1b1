/** Every push ends in a notification that is seen, whatever goes wrong before (PUSH-10). */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import {
	countShown,
	notificationOf,
	refreshShown,
	wordsIn,
	type Words
} from '../../../src/lib/i18n/notification.ts';
import type { Stands } from '../../../src/lib/db/notification-state.ts';
import type { PushNote } from '../../../src/lib/protocol/push.ts';
import { freshStream } from '../../../src/lib/sync/reconcile/stream-state.ts';
import { handlePush, readPush, type PushParts } from '../../../src/lib/worker/notify.ts';
import { card, id, ME, message, OTHER } from '../../contract/rows.ts';

const words: Words = {
	more: (count) => `${count} more`,
	files: (count) => `${count} files`,
	something: 'something new',
	missedCall: 'Missed call',
	nothing: 'nothing any more',
	reply: 'Reply',
	markRead: 'Read',
	works: 'works',
	app: 'Roost'
};
const note = (more: Partial<PushNote> = {}): PushNote => ({
	v: 1,
	room: 'r',
	count: 1,
	badge: 3,
	title: 'Attic',
	direct: false,
	author: 'ann',
	text: 'hello',
	id: 'm',
	seq: 7,
	at: 5,
	...more
});
const ann = card(OTHER, 1, 'ann');
/** What the device knows after the push: the message is unread, and says this. */
function unread(body: string, count = 9): Stands {
	const state = { ...freshStream('r', 'room'), unread: count };
	const room = { kind: 'room', name: 'Attic' } as NonNullable<typeof state.room>;
	const row = message('r', 7, { author: OTHER, body });
	return { is: 'unread', message: row, state: { ...state, room }, author: ann };
}
const UNKNOWN: Stands = { is: 'unknown', isIn: true };

function parts(more: Partial<PushParts> = {}) {
	const shown: ReturnType<typeof notificationOf>[] = [];
	const done: PushParts = {
		owner: async () => ME,
		choices: async () => ({ locale: 'en', sound: true, preview: true }),
		store: async () => unread('hello'),
		claim: async () => true,
		countShown: async () => 0,
		refresh: async () => undefined,
		show: async (one) => void shown.push(one),
		badge: async () => undefined,
		isRinging: async () => false,
		now: () => 0,
		after: () => new Promise(() => undefined),
		onError: () => undefined,
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

test('words are shown as they stand now, unless the device shows none (PUSH-7)', async () => {
	const store = async () => unread('w'.repeat(300));
	const fetched = parts({ store });
	await handlePush(JSON.stringify(note({ text: '' })), fetched.done);
	expect(fetched.shown[0]?.options.body).toBe(`ann: ${'w'.repeat(200)}`);
	const silent = parts({
		store,
		choices: async () => ({ locale: 'en', sound: true, preview: false })
	});
	await handlePush(JSON.stringify(note()), silent.done);
	expect(silent.shown[0]?.options.body).not.toContain('www');
});

test.each<[what: string, owner: string | null, stands: Stands, body: RegExp]>([
	['somebody else is signed in', id(), unread('secret'), /^There is something new/u],
	['nobody is signed in', null, unread('secret'), /^There is something new/u],
	['the room was left', ME, { is: 'gone' }, /taken back, or has been read/u],
	['it was taken back', ME, { is: 'gone' }, /taken back, or has been read/u],
	['it was changed', ME, unread('better words'), /^ann: better words$/u],
	['the server cannot be asked', ME, UNKNOWN, /^ann: There is something new/u],
	['nor is the room known', ME, { ...UNKNOWN, isIn: false }, /^There is something new/u]
])('promises 8, 11, 14: no pushed words are shown when %s', async (_, owner, stands, body) => {
	const store = vi.fn(async () => stands);
	const { done, shown } = parts({ owner: async () => owner, store });
	await handlePush(JSON.stringify(note({ to: ME, text: 'secret' })), done);
	expect(shown.map(({ options }) => options.body)).toEqual([expect.stringMatching(body)]);
	expect(JSON.stringify(shown)).not.toContain('secret');
	// What is somebody else's is not even stored.
	expect(store).toHaveBeenCalledTimes(owner === ME ? 1 : 0);
});

test.each<[what: string, stands: Stands, isNew: boolean, body: RegExp, rings: boolean]>([
	['is on screen', unread('changed'), false, /^ann: changed$/u, false],
	['was put away', unread('still unread'), false, /^ann: still unread$/u, false],
	['never came: this push took its place', unread('new'), true, /^ann: new$/u, true],
	['was taken back', { is: 'gone' }, false, /taken back/u, false],
	['cannot be asked about', UNKNOWN, false, /taken back/u, false]
])('a change of what was told and %s', async (_, stands, isNew, body, rings) => {
	const { done, shown } = parts({ store: async () => stands, claim: async () => isNew });
	await handlePush(JSON.stringify(note({ changed: true, count: 0 })), done);
	expect(shown.map(({ options }) => options.body)).toEqual([expect.stringMatching(body)]);
	expect(shown[0]?.options.silent).toBe(!rings);
});

test('no more is counted than is unread: some of it was read on another device', async () => {
	const { done, shown } = parts({
		store: async () => unread('hello', 1),
		countShown: async () => 3
	});
	await handlePush(JSON.stringify(note()), done);
	expect(shown[0]?.options.data).toMatchObject({ count: 1 });
});

test('the message is stored before it is shown, and shown also when that fails or hangs', async () => {
	const order: string[] = [];
	const first = parts({ store: async () => (order.push('stored'), unread('hello')) });
	first.done.show = async () => void order.push('shown');
	await handlePush(JSON.stringify(note()), first.done);
	expect(order).toEqual(['stored', 'shown']);

	const onError = vi.fn();
	const failing = parts({
		store: async () => {
			throw new Error('no database');
		},
		onError
	});
	await handlePush(JSON.stringify(note()), failing.done);
	expect([failing.shown.length, onError.mock.calls.length]).toEqual([1, 1]);

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

test('without a preview nothing of the text is shown (PUSH-7)', () => {
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
			owner: broken,
			choices: broken,
			store: broken,
			claim: broken,
			countShown: broken,
			badge: broken,
			refresh: broken,
			after: () => new Promise((resolve) => void setTimeout(resolve, 1))
		});
		await handlePush(JSON.stringify(note()), done);
		expect(shown.map(({ options }) => options.body)).toEqual([
			expect.stringMatching(/something new/u)
		]);
		expect(JSON.stringify(shown)).not.toContain('hello');
	}
});

test('promise 8: what is on screen follows what stands: closed, changed, or left as it is', async () => {
	const closed: string[] = [];
	const shown: [string, string | undefined][] = [];
	const of = (room: string, data: unknown, body = 'ann: old words') =>
		({ data, tag: room, body, close: () => void closed.push(room) }) as unknown as Notification;
	const all = [
		of('gone', { room: 'gone', seq: 1, count: 3 }),
		of('changed', { room: 'changed', seq: 2 }),
		of('same', { room: 'same', seq: 2, count: 1 }, 'ann: same words'),
		of('unknown', { room: 'unknown', seq: 9 }),
		of('test', null)
	];
	const screen = {
		getNotifications: async (filter?: { tag?: string }) =>
			all.filter(({ tag }) => filter?.tag === undefined || filter.tag === tag),
		showNotification: async (title: string, options: { body?: string }) =>
			void shown.push([title, options.body])
	};
	const stands: Record<string, Stands> = {
		gone: { is: 'gone' },
		changed: unread('new words'),
		same: unread('same words'),
		unknown: UNKNOWN
	};
	await refreshShown(screen, async (room) => stands[room]!, words, { preview: true });
	expect(closed).toEqual(['gone']);
	expect(shown).toEqual([['Attic', 'ann: new words']]);
	const counts = ['gone', 'changed', 'none'].map((room) => countShown(screen, room));
	expect(await Promise.all(counts)).toEqual([3, 1, 0]);
});
