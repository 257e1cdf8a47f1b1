/** The notification of a call, the same whether a page or the service worker shows it. */
import type { RoomId } from '../protocol/ids.ts';
import type { Locale } from './generated/runtime.js';
import { m } from './messages.ts';
import { localeFor, type OnScreen, type Shown } from './notification.ts';

/** Somebody calls, as a notification says it. */
interface RingWords {
	/** the call's id */
	call: string;
	room: RoomId;
	/** who calls */
	name: string;
	/** path of their picture */
	icon?: string | undefined;
	video: boolean;
	/** ms, server time */
	until: number;
}

type RingPlace = Pick<RingWords, 'call' | 'room' | 'name' | 'until'>;

/** What is kept with it. It names no `room`, so that what looks after messages passes it over. */
export interface RingData {
	call: string;
	callRoom: RoomId;
	name: string;
	until: number;
	/** it rings; absent: it says what became of it */
	rings?: true;
}

/** The tag of a call's notification: what comes later takes its place. */
export const ringTag = (call: string): string => `call:${call}`;

/** What is kept with a call's notification; null: it is no such one. */
export function ringDataOf(data: unknown): RingData | null {
	if (typeof data !== 'object' || data === null || !('callRoom' in data)) return null;
	return data as RingData;
}

/** Pure: "Mia calls". @param chosen language of the app; null: as the browser has it */
export function ringNotification(ring: RingWords, chosen: string | null, sound: boolean): Shown {
	const locale = localeFor(chosen);
	const data: RingData = {
		...{ call: ring.call, callRoom: ring.room, name: ring.name, until: ring.until },
		rings: true
	};
	return {
		title: m.push_calls({ name: ring.name }, { locale }),
		options: {
			icon: ring.icon ?? '/icons/icon-192.png',
			badge: '/icons/monochrome-512.png',
			body: ring.video ? m.call_video({}, { locale }) : m.call_voice({}, { locale }),
			...{ tag: ringTag(ring.call), renotify: true, requireInteraction: true, data },
			silent: !sound,
			...(sound ? { vibrate: [400, 200, 400, 1_000, 400, 200, 400] } : {}),
			actions: [
				{ action: 'answer', title: m.call_answer({}, { locale }) },
				{ action: 'decline', title: m.call_decline({}, { locale }) }
			]
		}
	};
}

/** Silent, in the place of the ring: whoever was rung has heard it. */
function inPlace(
	{ call, room, name, until }: RingPlace,
	chosen: string | null,
	says: (inputs: object, options: { locale: Locale }) => string
): Shown {
	return {
		title: name,
		options: {
			icon: '/icons/icon-192.png',
			badge: '/icons/monochrome-512.png',
			body: says({}, { locale: localeFor(chosen) }),
			...{ tag: ringTag(call), silent: true },
			data: { call, callRoom: room, name, until } satisfies RingData
		}
	};
}

/** Pure: "Missed call". */
export const missedNotification = (place: RingPlace, chosen: string | null): Shown =>
	inPlace(place, chosen, m.push_missed_call);

/** Pure: somebody of the same account has answered or declined on another device. */
export const settledNotification = (place: RingPlace, chosen: string | null): Shown =>
	inPlace(place, chosen, m.call_over_elsewhere);

/** Takes the notification of a call away, where it is shown. */
export async function closeRing(screen: OnScreen, call: string): Promise<void> {
	for (const shown of await screen.getNotifications({ tag: ringTag(call) })) shown.close();
}
