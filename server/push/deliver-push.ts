/** Hands a push to its service, and notes how that ended. */
import { createHash } from 'node:crypto';
import type { Clock } from '../domain/ports.ts';
import type { Log } from '../log.ts';
import { changedNote, encodeNote, encodeShortNote, noteOf, testNote } from './push-note.ts';
import type { PendingChange, PendingPush } from './push-queue.ts';
import type { PushSender, SendResult } from './push-sender.ts';
import type { PushStore, Subscription } from './push-store.ts';

/** Failures in a row after which a subscription rests (PUSH-4). */
const FAILURES_MAX = 5;
/** ms of that rest. */
const REST = 600_000;
/** ms until a subscription is tried again that failed fewer times. */
const RETRY = 30_000;
/** How often a device is told at most that what it shows has changed. */
const CHANGE_TRIES = 5;

export interface DeliveryContext {
	store: PushStore;
	sender: PushSender;
	clock: Clock;
	log: Log;
	/** whether a session has a page that is connected: it notifies by itself */
	isConnected: (session: string) => boolean;
}

const topicOf = (room: string) =>
	createHash('sha256').update(room).digest('base64url').slice(0, 32);

/** Pushes what waits, as it is now; nothing when it was taken back or is no longer theirs to know (promise 11). */
export async function deliverPush(context: DeliveryContext, push: PendingPush): Promise<void> {
	const { store, sender, clock, log } = context;
	const { subscription, message } = push;
	const room = await store.room(message.room);
	if (!room || context.isConnected(subscription.session)) return;
	const current = await store.current(subscription.id, message.id, clock.now());
	if (!current) return;
	const author = await store.card(message.author);
	const badge = await store.unread(subscription.person);
	const note = noteOf(push, room, current, author, badge);
	const send = (payload: string) =>
		sender.send(subscription, {
			payload,
			topic: topicOf(message.room),
			urgency: push.meant || room.direct ? 'high' : 'normal'
		});
	// Before it goes: what becomes of the message meanwhile has to find whom it was told to.
	await store.noteTold(subscription.id, message);
	let result = await send(encodeNote(note));
	if (result.is === 'too-large') result = await send(encodeShortNote(note));
	await noteResult(context, subscription, result);
	if (result.is === 'later') {
		log.info({ subscription: subscription.id.slice(0, 8) }, 'a push has to wait');
	}
}

/**
 * Has a device look anew at what it shows of a room. A page that is connected does so by itself.
 * @returns what is to be tried again; null: nothing
 */
export async function deliverChange(
	context: DeliveryContext,
	change: PendingChange
): Promise<PendingChange | null> {
	const { store, sender, clock } = context;
	const { subscription, room } = change;
	if (context.isConnected(subscription.session)) return null;
	const badge = await store.unread(subscription.person);
	const payload = JSON.stringify(changedNote(change, badge, clock.now()));
	// It takes the place of the push about the room, where that has not been fetched yet.
	const result = await sender.send(subscription, {
		payload,
		topic: topicOf(room),
		urgency: change.isUrgent ? 'high' : 'normal'
	});
	const pause = await noteResult(context, subscription, result);
	if (result.is === 'delivered' && change.isOut) await store.forgetTold(subscription.id, room);
	const tries = change.tries + 1;
	if (!pause || tries >= CHANGE_TRIES) return null;
	return { ...change, tries, subscription: { ...subscription, ...pause } };
}

/** Sends a notification on trial; answers whether its service took it. */
export async function deliverTest(
	context: DeliveryContext,
	subscription: Subscription
): Promise<boolean> {
	const payload = JSON.stringify(testNote(context.clock.now()));
	const result = await context.sender.send(subscription, {
		payload,
		topic: 'test',
		urgency: 'high'
	});
	await noteResult(context, subscription, result);
	return result.is === 'delivered';
}

/** Notes how a push ended. @returns how long the subscription rests now; null: it took the push, or is gone */
export async function noteResult(
	{ store, clock }: Pick<DeliveryContext, 'store' | 'clock'>,
	{ id, failures }: Subscription,
	result: SendResult
): Promise<Pick<Subscription, 'failures' | 'pausedUntil'> | null> {
	const now = clock.now();
	if (result.is === 'gone') {
		await store.remove(id);
		return null;
	}
	if (result.is === 'delivered') {
		if (failures > 0) await store.tried(id, 0, 0);
		return null;
	}
	const again = failures + 1;
	const wait = result.is === 'later' ? result.after : null;
	const pausedUntil = now + (wait ?? (again >= FAILURES_MAX ? REST : RETRY));
	await store.tried(id, again, pausedUntil);
	return { failures: again, pausedUntil };
}
