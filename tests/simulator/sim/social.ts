/** What people do with one another and with messages, beyond saying something: all acts of protocol 2. */
import type { MessageRow, OwnRow } from '../../../src/lib/protocol/change.ts';
import { directId } from '../../../src/lib/protocol/ids.ts';
import type { ActDraft } from '../../../src/lib/sync/outbox/create-act.ts';
import type { Chance } from './chance.ts';
import type { SimDevice } from './device.ts';

/** What is chosen for a room: what one hears of it, and where it stands in the list. */
const PREFS = ['level:room', 'pinned:room', 'archived:room'];

const EMOJI = ['👍', '❤️', '🎉', 'not one'];
const TOKEN_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_-';

export type Happening = [weight: number, name: string, run: (device: SimDevice) => unknown];

interface SocialParts {
	chance: Chance;
	devices: SimDevice[];
	/** does something without waiting for it */
	act: (device: SimDevice, draft: ActDraft) => void;
	word: () => string;
	uid: () => string;
}

/** What can happen between people. */
export function socialHappenings({ chance, devices, act, word, uid }: SocialParts): Happening[] {
	/** invite links that somebody was given: room and secret */
	const links: { room: string; invite: string }[] = [];

	const others = (device: SimDevice) => {
		const ids = new Set(devices.map((one) => one.me.id));
		ids.delete(device.me.id);
		return [...ids];
	};
	const person = (device: SimDevice) => chance.pick(others(device));
	const room = (device: SimDevice) => {
		const rooms = device.rooms;
		return rooms.length > 0 ? chance.pick(rooms).id : null;
	};
	const message = (device: SimDevice): MessageRow | null => {
		const held = [...device.browser.cache.messages.values()];
		return held.length > 0 ? chance.pick(held) : null;
	};
	const own = <K extends OwnRow['kind']>(device: SimDevice, kind: K) =>
		[...device.browser.cache.own.values()].filter(
			(row): row is Extract<OwnRow, { kind: K }> => row.kind === kind
		);
	const inRoom = (device: SimDevice, make: (room: string) => ActDraft) => {
		const at = room(device);
		if (at) act(device, make(at));
	};
	const onMessage = (device: SimDevice, make: (row: MessageRow) => ActDraft) => {
		const row = message(device);
		if (row) act(device, make(row));
	};

	function direct(device: SimDevice): void {
		const other = person(device);
		const id = directId(device.me.id, other);
		if (!device.browser.cache.streams.has(id)) {
			act(device, { kind: 'direct.open', room: id, person: other });
		}
		act(device, { kind: 'message.post', room: id, body: word() });
	}

	function draft(device: SimDevice): void {
		inRoom(device, (at) => {
			const held = own(device, 'draft').find((row) => row.id === at);
			const body = chance.maybe(0.3) ? '' : word();
			return { kind: 'draft.save', room: at, body, base: held?.rev ?? 0 };
		});
	}

	function invite(device: SimDevice): void {
		inRoom(device, (at) => {
			const token = Array.from({ length: 22 }, () => chance.pick([...TOKEN_LETTERS])).join('');
			links.push({ room: at, invite: token });
			const uses = chance.maybe(0.5) ? { uses: 1 } : {};
			const lasts = chance.maybe(0.5) ? { lasts: 20_000 } : {};
			return { kind: 'invite.create', room: at, invite: uid(), token, ...uses, ...lasts };
		});
	}

	function relate(device: SimDevice): void {
		const other = person(device);
		const kind = chance.pick([
			...(['friend.ask', 'friend.ask', 'friend.accept', 'friend.accept'] as const),
			...(['friend.reject', 'friend.cancel', 'friend.remove'] as const)
		]);
		act(device, { kind, person: other });
	}

	return [
		[
			8,
			'react',
			(d) =>
				onMessage(d, (row) => ({
					kind: 'message.react',
					room: row.room,
					message: row.id,
					emoji: chance.pick(EMOJI),
					on: chance.maybe(0.7)
				}))
		],
		[
			3,
			'pin',
			(d) =>
				onMessage(d, (row) => ({
					kind: 'message.pin',
					room: row.room,
					message: row.id,
					on: chance.maybe(0.7)
				}))
		],
		[
			3,
			'reply',
			(d) =>
				onMessage(d, (row) => ({
					kind: 'message.post',
					room: chance.maybe(0.9) ? row.room : (room(d) ?? row.room),
					body: word(),
					reply: row.id
				}))
		],
		[
			4,
			'mention',
			(d) =>
				inRoom(d, (at) => ({
					kind: 'message.post',
					room: at,
					body: `${word()} @${chance.pick(devices).me.name} look`
				}))
		],
		[
			2,
			'forward',
			(d) =>
				onMessage(d, (row) => ({
					kind: 'message.post',
					room: room(d) ?? row.room,
					body: word(),
					forward: row.id
				}))
		],
		[6, 'direct', direct],
		[5, 'relate', relate],
		[1, 'block', (d) => act(d, { kind: 'person.block', person: person(d) })],
		[2, 'unblock', (d) => act(d, { kind: 'person.unblock', person: person(d) })],
		[4, 'draft', draft],
		[1, 'pref', (d) => act(d, { kind: 'pref.set', key: PREFS[chance.int(3)]!, value: word() })],
		[
			1,
			'profile',
			(d) =>
				act(d, { kind: 'profile.edit', display: word(), name: `${d.me.name}_${chance.int(3)}` })
		],
		[
			1,
			'role',
			(d) =>
				inRoom(d, (at) => ({
					kind: 'member.role',
					room: at,
					person: person(d),
					role: chance.pick(['admin', 'member'])
				}))
		],
		[
			1,
			'ban',
			(d) => inRoom(d, (at) => ({ kind: 'member.remove', room: at, person: person(d), ban: true }))
		],
		[1, 'unban', (d) => inRoom(d, (at) => ({ kind: 'member.unban', room: at, person: person(d) }))],
		[
			1,
			'mute',
			(d) =>
				inRoom(d, (at) => ({
					kind: 'member.mute',
					room: at,
					person: person(d),
					for: chance.pick([0, 5_000])
				}))
		],
		[
			1,
			'hand over',
			(d) => inRoom(d, (at) => ({ kind: 'room.hand-over', room: at, person: person(d) }))
		],
		[0.3, 'delete room', (d) => inRoom(d, (at) => ({ kind: 'room.delete', room: at }))],
		[
			1,
			'password',
			(d) =>
				inRoom(d, (at) => ({
					kind: 'room.edit',
					room: at,
					password: chance.pick(['open', 'other', null]),
					expel: chance.maybe(0.3)
				}))
		],
		[1, 'invite', invite],
		[
			2,
			'follow a link',
			(d) => {
				if (links.length > 0) act(d, { kind: 'room.join', ...chance.pick(links) });
			}
		],
		[
			0.5,
			'revoke',
			(d) => {
				const made = own(d, 'invite');
				if (made.length === 0) return;
				const row = chance.pick(made);
				act(d, { kind: 'invite.revoke', room: row.room, invite: row.id });
			}
		]
	];
}
