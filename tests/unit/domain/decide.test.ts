import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../server/domain/decide.ts';
import { nextOwner } from '../../../server/domain/decide-room.ts';
import { digestOf, parseAct } from '../../../server/domain/prepare.ts';
import type { Facts, PreparedAct, Membership } from '../../../server/domain/store-port.ts';
import type { Role } from '../../../src/lib/protocol/change.ts';
import { uuid7, UUID7 } from '../../../src/lib/protocol/ids.ts';
import { codePoints } from '../../../src/lib/protocol/limits.ts';
import type { Act } from '../../../src/lib/protocol/up.ts';
import type { ActDraft } from '../../../src/lib/sync/outbox/create-act.ts';

const id = (n: number) => uuid7(1_700_000_000_000 + n, new Uint8Array(10).fill(n));
const [ROOM, ME, OTHER, MESSAGE] = [id(1), id(2), id(3), id(4)];

const membershipOf = (person: string, role: Role, to: number | null = null): Membership => ({
	room: ROOM,
	person,
	role,
	from: 1,
	visible: 1,
	to,
	read: 0,
	seen: 0,
	banned: false,
	mutedUntil: 0
});
const plainRoom: NonNullable<Facts['room']> = {
	...{ id: ROOM, name: 'r', description: '', passwordHash: null, owner: OTHER },
	...{ direct: false, pins: [], deleted: false }
};
const facts = (more: Partial<Facts> = {}): Facts => ({
	earlier: null,
	message: null,
	idIsMessage: false,
	now: 1_000,
	isActorActive: true,
	room: plainRoom,
	membership: membershipOf(ME, 'member'),
	head: 10,
	other: null,
	streamTaken: false,
	nameTaken: false,
	displayTaken: false,
	isEmpty: false,
	...{ actor: null, target: null, mine: null, theirs: null, mentions: [], replySeq: null },
	...{
		source: null,
		files: [],
		isSmall: false,
		members: [],
		invite: null,
		draft: null,
		memberships: []
	},
	...{ contacts: [], pref: '', prefsSize: 0, reported: null, calls: [], admin: null },
	...more
});
const message = (author = ME, deleted = false) => ({
	id: MESSAGE,
	room: ROOM,
	author,
	seq: 5,
	rev: 5,
	digest: 'first',
	deleted,
	...{ system: false, pinned: false, reactions: [], hasFiles: false, isForward: false }
});
function prepared(draft: ActDraft, secret: string | null = null): PreparedAct {
	const act = { ...draft, id: id(9), at: 1 } as Act;
	return { person: ME, device: 'd', act, digest: digestOf(act), secret, calls: [] };
}
const post = (body = 'hello') => prepared({ kind: 'message.post', room: ROOM, body });
const codeOf = (made: ReturnType<typeof decide>) =>
	made.is === 'refuse' ? made.refusal.code : made.is;

describe('A1: one id, one effect (promise 2)', () => {
	test('the same act again is answered with its first result', () => {
		const act = post();
		const earlier = { person: ME, digest: act.digest, result: { stream: ROOM, seq: 7 } };
		expect(decide(act, facts({ earlier }))).toEqual({ is: 'repeat', stream: ROOM, seq: 7 });
		const again = { ...message(), digest: act.digest };
		expect(decide(act, facts({ message: again }))).toEqual({ is: 'repeat', stream: ROOM, seq: 5 });
	});

	test('another text under the same id tells its author, and only its author, what stands', () => {
		const mine = decide(post('newer'), facts({ message: message() }));
		expect(mine).toMatchObject({ is: 'refuse', refusal: { code: 'id_conflict', seq: 5 } });
		const theirs = decide(post('newer'), facts({ message: message(OTHER) }));
		expect(theirs).toMatchObject({ is: 'refuse', refusal: { code: 'id_conflict' } });
		expect(theirs).not.toHaveProperty('refusal.seq');
	});

	test('what was refused once stays refused, even if it were allowed by now', () => {
		const refusal = { code: 'not_a_member', action: 'none' } as const;
		const earlier = { person: ME, digest: 'x', result: { refusal } };
		expect(decide(post(), facts({ earlier }))).toEqual({ is: 'refuse', refusal, record: false });
	});
});

describe('who may do what', () => {
	test('nobody outside the room does anything in it (promise 11)', () => {
		const drafts: ActDraft[] = [
			{ kind: 'message.post', room: ROOM, body: 'x' },
			{ kind: 'message.edit', room: ROOM, message: MESSAGE, body: 'x' },
			{ kind: 'message.recall', room: ROOM, message: MESSAGE },
			{ kind: 'room.edit', room: ROOM, name: 'x' },
			{ kind: 'room.leave', room: ROOM },
			{ kind: 'member.remove', room: ROOM, person: OTHER },
			{ kind: 'read.mark', room: ROOM, upto: 3 }
		];
		for (const draft of drafts) {
			const gone = facts({ membership: membershipOf(ME, 'owner', 4), message: null });
			expect(codeOf(decide(prepared(draft), gone))).toBe('not_a_member');
			expect(codeOf(decide(prepared(draft), facts({ membership: null })))).toBe('not_a_member');
			expect(codeOf(decide(prepared(draft), facts({ room: null })))).toBe('no_such_room');
		}
	});

	test('only the author edits; the author and admins recall; deleted stays deleted', () => {
		const edit = prepared({ kind: 'message.edit', room: ROOM, message: MESSAGE, body: 'x' });
		const recall = prepared({ kind: 'message.recall', room: ROOM, message: MESSAGE });
		expect(codeOf(decide(edit, facts({ message: message(OTHER) })))).toBe('not_allowed');
		expect(codeOf(decide(edit, facts({ message: message() })))).toBe('accept');
		expect(codeOf(decide(edit, facts({ message: message(ME, true) })))).toBe('message_deleted');
		expect(codeOf(decide(recall, facts({ message: message(OTHER) })))).toBe('not_allowed');
		const admin = facts({ message: message(OTHER), membership: membershipOf(ME, 'admin') });
		expect(codeOf(decide(recall, admin))).toBe('accept');
		expect(codeOf(decide(recall, facts({ message: message(ME, true) })))).toBe('repeat');
	});

	test('one removes only those below oneself', () => {
		const remove = prepared({ kind: 'member.remove', room: ROOM, person: OTHER });
		const power = { owner: 2, admin: 1, member: 0 };
		for (const mine of ['owner', 'admin', 'member'] as const) {
			for (const theirs of ['owner', 'admin', 'member'] as const) {
				const made = decide(
					remove,
					facts({ membership: membershipOf(ME, mine), other: membershipOf(OTHER, theirs) })
				);
				const allowed = mine !== 'member' && power[mine] > power[theirs];
				expect(codeOf(made)).toBe(allowed ? 'accept' : 'not_allowed');
			}
		}
	});

	test('a private room is entered only with the password it has now (A2, HTTP-14)', () => {
		const room = { ...facts().room!, passwordHash: 'new' };
		const join = (password?: string, secret: string | null = null) =>
			prepared({ kind: 'room.join', room: ROOM, ...(password ? { password } : {}) }, secret);
		expect(codeOf(decide(join(), facts({ room, membership: null })))).toBe('room_password_missing');
		expect(codeOf(decide(join('p', 'old'), facts({ room, membership: null })))).toBe('stale');
		expect(codeOf(decide(join('p', 'new'), facts({ room, membership: null })))).toBe('accept');
		expect(codeOf(decide(join(), facts({ room })))).toBe('repeat');
	});

	test('a room that everybody had left belongs to whoever comes back first (A8)', () => {
		const join = prepared({ kind: 'room.join', room: ROOM });
		const made = decide(join, facts({ membership: null, isEmpty: true }));
		expect(made).toMatchObject({ effects: [{ role: 'owner' }, { do: 'room.update', owner: ME }] });
		const second = decide(join, facts({ membership: null }));
		expect(second).toMatchObject({ effects: [{ do: 'membership.open', role: 'member' }] });
	});

	test('a new room cannot take the id of another stream', () => {
		const create = prepared({ kind: 'room.create', room: ROOM, name: 'x', description: '' });
		const taken = facts({ room: null, membership: null, streamTaken: true });
		expect(codeOf(decide(create, taken))).toBe('id_conflict');
	});

	test('a name or a text in which nothing can be seen is refused', () => {
		const create = (name: string) =>
			decide(
				prepared({ kind: 'room.create', room: ROOM, name, description: '' }),
				facts({ room: null, membership: null })
			);
		for (const name of ['', ' ', '\u200b\u2060', 'a\n\nb', 'a\u202eb']) {
			expect(codeOf(create(name))).toBe('room_name_invalid');
		}
		expect(codeOf(create('👩\u200d🚀 crew'))).toBe('accept');
		expect(codeOf(decide(post('\u200b\u2060'), facts()))).toBe('message_empty');
	});

	test('an owner who leaves hands the room over (A8)', () => {
		const leave = prepared({ kind: 'room.leave', room: ROOM });
		const owner = membershipOf(ME, 'owner');
		const made = decide(
			leave,
			facts({ membership: owner, members: [owner, membershipOf(OTHER, 'member')] })
		);
		expect(made).toMatchObject({
			is: 'accept',
			effects: [
				{ do: 'membership.role', person: OTHER, role: 'owner' },
				{ do: 'room.update', owner: OTHER },
				{ do: 'note', note: { what: 'owner', person: OTHER } },
				{ do: 'membership.close', person: ME, why: 'left' }
			]
		});
	});
});

test('the next owner is an admin before a member, then whoever has been in longest (A8)', () => {
	const member = (
		person: string,
		from: number,
		role: Role = 'member',
		to: number | null = null
	) => ({
		...membershipOf(person, role, to),
		from
	});
	const owner = member(ME, 1, 'owner');
	expect(nextOwner([owner], ME)).toBe(null);
	expect(nextOwner([owner, member('gone', 2, 'admin', 9)], ME)).toBe(null);
	expect(nextOwner([owner, member('late', 5), member('early', 3)], ME)).toBe('early');
	const admins = [member('b', 8, 'admin'), member('a', 7, 'admin')];
	expect(nextOwner([owner, member('early', 3), ...admins], ME)).toBe('a');
});

describe('texts', () => {
	test('are counted in code points: 4,000 pass, 4,001 do not, whatever they are made of', () => {
		fc.assert(
			fc.property(
				fc.constantFrom('a', '汉', '🐦'),
				fc.integer({ min: 3_998, max: 4_003 }),
				(char, length) => {
					const made = decide(post(char.repeat(length)), facts());
					expect(codeOf(made)).toBe(length <= 4_000 ? 'accept' : 'message_too_long');
				}
			)
		);
	});

	test('blank ones are refused', () => {
		for (const body of ['', ' ', '\n\t ', '\u3000']) {
			expect(codeOf(decide(post(body), facts()))).toBe('message_empty');
		}
	});

	test('come out of parsing well formed, so that what is stored is what was digested', () => {
		const raw = { kind: 'message.post', id: id(9), at: 1, room: ROOM, body: 'a\ud800b\u0000c' };
		expect(parseAct(raw)).toMatchObject({ act: { body: 'a\ufffdbc' } });
	});

	test('fields that are no part of an act have no effect (HTTP-8)', () => {
		const raw = {
			kind: 'message.post',
			id: id(9),
			at: 1,
			room: ROOM,
			body: 'x',
			author: OTHER,
			seq: 1,
			role: 'owner'
		};
		const parsed = parseAct(raw);
		expect('act' in parsed && Object.keys(parsed.act).sort()).toEqual([
			'at',
			'body',
			'id',
			'kind',
			'room'
		]);
	});

	test('anything at all is parsed or refused, never thrown', () => {
		fc.assert(fc.property(fc.anything(), (raw) => void parseAct(raw)));
	});
});

test('a read position only grows and never passes the head (promise 12)', () => {
	const mark = (upto: number) => prepared({ kind: 'read.mark', room: ROOM, upto });
	expect(decide(mark(99), facts())).toMatchObject({ effects: [{ do: 'read', upto: 10 }] });
	const membership = { ...membershipOf(ME, 'member'), read: 8 };
	expect(codeOf(decide(mark(8), facts({ membership })))).toBe('repeat');
});

test('ids are UUIDv7 in order of time, at any time', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: 2 ** 48 - 1 }),
			fc.uint8Array({ minLength: 10, maxLength: 10 }),
			(now, bytes) => {
				const made = uuid7(now, bytes);
				expect(made).toMatch(UUID7);
				expect(parseInt(made.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
			}
		)
	);
	expect(codePoints('🐦汉a')).toBe(3);
});
