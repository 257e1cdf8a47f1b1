/** People, rooms, messages and files that exist nowhere: what the page of components shows. */
import type { Card } from '$lib/protocol/change.ts';
import type {
	ClientStatus,
	FileCard,
	LastItem,
	LocalFile,
	MessageItem,
	PinItem,
	Quote,
	RoomItem
} from '$lib/state/client/client-types.ts';
import type { MessageCommands } from '../chat/message-commands.ts';

/** Time of everything that was said; a Saturday morning. */
export const AT = Date.UTC(2026, 2, 7, 9, 41);

const idOf = (number: number): string =>
	`00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

function person(number: number, name: string, display?: string): Card {
	return { id: idOf(number), number, name, v: 1, ...(display === undefined ? {} : { display }) };
}

export const ME = person(1, 'ada', 'Ada Lovelace');
export const MIN = person(2, 'xiaobo', '周小波');
export const BEN = person(3, 'ben', 'Ben Okafor');
export const LONG_NAMED = person(4, 'count', 'Christoph von und zu Habsburg-Lothringen-Este');
export const PEOPLE = [
	MIN,
	BEN,
	LONG_NAMED,
	...['cid', 'dora', 'emil', 'fay', 'gus'].map((name, at) => person(5 + at, name))
];

let made = 0;

/** A message of somebody else, sent; what is different is said. */
export function message(over: Partial<MessageItem> & Pick<MessageItem, 'body'>): MessageItem {
	const id = idOf(1000 + ++made);
	const card = over.mine ? ME : (over.card ?? BEN);
	return {
		type: 'message',
		key: id,
		id,
		room: idOf(100),
		seq: made,
		author: card.id,
		card,
		mine: false,
		files: [],
		at: AT,
		edited: false,
		deleted: false,
		system: false,
		note: null,
		call: null,
		delivery: 'sent',
		refusal: null,
		change: null,
		reply: null,
		mentions: [],
		reactions: [],
		pinned: false,
		forward: null,
		...over
	};
}

/** What a message answers. */
export const quote = (over: Partial<Quote>): Quote => ({
	id: idOf(900),
	seq: 1,
	state: 'held',
	author: MIN,
	mine: false,
	body: 'Ten o’clock at the lighthouse? 十点灯塔见？',
	files: [],
	...over
});

export const last = (over: Partial<LastItem> = {}): LastItem => ({
	id: idOf(901),
	seq: 1,
	author: BEN,
	mine: false,
	body: 'The ferry leaves at 18:40, not 18:45',
	files: [],
	at: AT,
	deleted: false,
	note: null,
	call: null,
	delivery: 'sent',
	...over
});

/** A room in the list; what is different is said. */
export const room = (number: number, name: string, over: Partial<RoomItem> = {}): RoomItem => ({
	id: idOf(100 + number),
	number,
	name,
	description: '',
	private: false,
	role: 'member',
	state: 'in',
	direct: null,
	refused: null,
	upto: 1,
	unread: 0,
	mentioned: 0,
	draft: false,
	ready: true,
	last: last(),
	queued: 0,
	needsYou: 0,
	...over
});

export const direct = (card: Card, blocked = false): Pick<RoomItem, 'direct'> => ({
	direct: { person: card.id, card, blocked }
});

export const file = (number: number, over: Partial<FileCard> = {}): FileCard => ({
	id: idOf(500 + number),
	name: 'timetable-of-the-winter-ferries-2026.pdf',
	size: 284_112,
	type: 'application/pdf',
	kind: 'file',
	...over
});

export const picture = (number: number): FileCard =>
	file(number, { name: 'pier.png', type: 'image/png', kind: 'image', width: 640, height: 400 });

/** The same file on its way from this device. */
export const onItsWay = (card: FileCard, sent: number): LocalFile => ({
	id: card.id,
	room: idOf(100),
	name: card.name,
	type: card.type,
	size: card.size,
	width: card.width ?? null,
	height: card.height ?? null,
	at: AT,
	state: 'waiting',
	sent,
	url: null,
	sha256: null,
	refusal: null
});

export const pin = (over: Partial<PinItem> = {}): PinItem => ({
	seq: 1,
	id: idOf(902),
	author: BEN,
	body: 'Meeting point: the red buoy',
	files: [],
	...over
});

export const status = (over: Partial<ClientStatus>): ClientStatus => ({
	link: 'live',
	retryAt: null,
	sending: [],
	clockOffset: 0,
	queued: 0,
	needsYou: 0,
	leader: true,
	storage: { kind: 'device', outdated: false, full: false },
	...over
});

/** A sky above a sea: a picture that needs no server. */
export const PICTURE = new Blob(
	[
		'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400"><path fill="#ffc98b" d="M0 0h640v250H0z"/>' +
			'<circle cx="430" cy="210" r="70" fill="#f08a5d"/><path fill="#3b2f63" d="M0 250h640v150H0z"/></svg>'
	],
	{ type: 'image/svg+xml' }
);

const nothing = (): void => undefined;

/** Commands that do nothing. @param local files on their way, by id @param reachable whether there is a network */
export function commands(local: readonly LocalFile[] = [], reachable = true): MessageCommands {
	return {
		reply: nothing,
		react: nothing,
		edit: nothing,
		recall: nothing,
		copy: nothing,
		copyLink: nothing,
		pin: nothing,
		forward: nothing,
		report: nothing,
		retry: nothing,
		discard: nothing,
		jump: nothing,
		person: nothing,
		open: nothing,
		local: (id) => local.find((one) => one.id === id),
		bytes: async () => PICTURE,
		reachable: () => reachable,
		view: nothing,
		names: async () => [BEN, MIN].map(({ name }) => name)
	};
}
