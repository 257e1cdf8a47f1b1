/** What administrators decide, and who is disabled or reports: the rules, against real tables of both databases. */
import { expect, describe, test } from 'vitest';
import { REVISIONS_KEPT, REPORTS_OPEN } from '../../server/domain/constants.ts';
import type { AdminDraft } from '../../server/domain/admin-act.ts';
import { textAt } from '../../server/store/sql/facts/admin-facts.ts';
import { createServerSettings } from '../../server/store/sql/server-settings.ts';
import { sweepDeletedRooms } from '../../server/store/sql/sweep.ts';
import { directId } from '../../src/lib/protocol/ids.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { littleDomain, messageIn, type Somebody } from '../support/little-domain.ts';
import { newId } from '../support/person.ts';

const DAY = 86_400_000;

/** An administrator and two others. */
async function world() {
	const made = await littleDomain();
	const boss = await made.person('boss');
	const [ann, bob] = [await made.person('ann'), await made.person('bob')];
	const administer = async (draft: AdminDraft) =>
		(await made.domain.administer(boss.person, draft))?.code ?? 'done';
	const disable = (one: Somebody, on = true) =>
		administer({ kind: 'admin.disable', person: one.person, on });
	const say = (one: Somebody, room: string, body: string) =>
		one.do({ kind: 'message.post', room, body });
	return { ...made, boss, ann, bob, administer, disable, say };
}

const report = (room: string, message: string, seen = 1): ActDraft => ({
	...{ kind: 'message.report', room, message, seen, reason: 'insults' }
});

describe('somebody who is disabled', () => {
	test('lets nobody in by the links made before, and they work again afterwards', async () => {
		const { domain, store, ann, bob, disable, room } = await world();
		const at = await room(ann, [], 'secret');
		const token = 'A'.repeat(22);
		await ann.do({ kind: 'invite.create', room: at, invite: newId(), token });
		const isOpen = async () => (await store.invited(at, token, Date.now())) !== null;
		expect(await isOpen()).toBe(true);
		await disable(ann);
		expect(await isOpen()).toBe(false);
		const come: ActDraft = { kind: 'room.join', room: at, invite: token };
		expect(await bob.outcome(come)).toBe('invite_invalid');
		await domain.administer('', { kind: 'admin.registration', registration: 'invite' });
		const [name, email] = ['late', 'late@example.org'];
		const late = { name, email, passwordHash: '', invite: { room: at, token } };
		expect(await domain.register(late)).toMatchObject({ refused: { code: 'invite_invalid' } });
		await disable(ann, false);
		expect(await isOpen()).toBe(true);
	});

	test('does nothing more, also by a request that had come in; what is queued stays', async () => {
		const { domain, ann, disable, room, query } = await world();
		const at = await room(ann);
		await disable(ann);
		const acts = [
			{ id: newId(), at: 1, kind: 'profile.avatar', image: 'AAAAAAAA' },
			{ id: newId(), at: 1, kind: 'message.post', room: at, body: 'still here' }
		];
		for (const result of await domain.acts(ann, acts)) {
			expect(result).toMatchObject({ status: 'later', refusal: { code: 'session_ended' } });
		}
		expect(await query('SELECT 1 FROM message WHERE body = ?', 'still here')).toEqual([]);
		await disable(ann, false);
		const again = await domain.acts(ann, acts);
		expect(again.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
	});
});

test('who may make an account is asked where it is made', async () => {
	const { domain, administer } = await world();
	const come = (name: string) =>
		domain.register({ name, email: `${name}@example.org`, passwordHash: '' });
	await administer({ kind: 'admin.registration', registration: 'invite' });
	expect(await come('carl')).toMatchObject({ refused: { code: 'invite_needed' } });
	await administer({ kind: 'admin.registration', registration: 'closed' });
	expect(await come('carl')).toMatchObject({ refused: { code: 'registration_closed' } });
	await administer({ kind: 'admin.registration', registration: 'open' });
	expect(await come('carl')).toHaveProperty('person');
});

test('what is asked at the door is kept apart from bytes and rooms', async () => {
	const { domain, database, administer } = await world();
	const settings = createServerSettings(database);
	const [icon, other] = ['one', 'two'].map((id) => ({ id, type: 'image/webp', bytes: 'AAAA' }));
	await administer({ kind: 'admin.server-icon', icon: icon! });
	expect((await settings.profile()).icon).toEqual({ id: 'one', type: 'image/webp' });
	expect((await settings.icon('one'))?.bytes).toHaveLength(3);
	await administer({ kind: 'admin.server-icon', icon: other! });
	expect(await settings.icon('one')).toBe(null);
	await administer({ kind: 'admin.server-icon', icon: null });
	expect([(await settings.profile()).icon, await settings.icon('two')]).toEqual([null, null]);
	const first = domain.firstRoom();
	expect(await settings.announcement(first)).toBe('');
	await administer({ kind: 'admin.announce', room: first, text: ' Back at noon ' });
	expect(await settings.announcement(first)).toBe('Back at noon');
});

test('what is announced shows something, and turns nothing around', async () => {
	const { domain, administer } = await world();
	const announce = (text: string) =>
		administer({ kind: 'admin.announce', room: domain.firstRoom(), text });
	expect(await announce('\u200b\u2060')).toBe('message_empty');
	expect(await announce('noon at \u202ekcab')).toBe('malformed');
	expect(await announce('Back\nat noon')).toBe('done');
	expect(await announce(' ')).toBe('done');
});

describe('a report', () => {
	test('tells somebody who was put out nothing of what goes on', async () => {
		const { ann, bob, room, say } = await world();
		const at = await room(ann, [bob]);
		const [message, other] = [await say(ann, at, 'one'), await say(ann, at, 'two')];
		await ann.do({ kind: 'member.remove', room: at, person: bob.person });
		for (let n = 0; n < 3; n++) await say(ann, at, 'among us');
		for (let n = 0; n < 2; n++) {
			const result = await bob.act(report(at, message));
			expect(result).toMatchObject({ status: 'accepted', stream: bob.person, rows: [] });
		}
		await ann.do({ kind: 'message.recall', room: at, message: other });
		expect(await bob.outcome(report(at, other))).toBe('no_such_message');
	});

	test('carries the words that the reporter can have seen, or says that they are gone', async () => {
		const { ann, bob, query, room, say } = await world();
		const told = async (message: string) =>
			(
				await query<{ body: string | null }>('SELECT body FROM report WHERE message = ?', message)
			)[0]?.body;
		const edit = (at: string, message: string, body: string) =>
			ann.do({ kind: 'message.edit', room: at, message, body });
		const at = await room(ann, [bob]);
		const [later, lost] = [await say(ann, at, 'first'), await say(ann, at, 'zero')];
		const { rev } = messageIn(await bob.rows(at), lost);
		for (let n = 0; n <= REVISIONS_KEPT; n++) await edit(at, lost, `edit ${n}`);
		await bob.do(report(at, lost, rev));
		expect(await told(lost)).toBe(null);
		await ann.do({ kind: 'member.remove', room: at, person: bob.person });
		await edit(at, later, 'after bob was gone');
		await bob.do(report(at, later, 1_000_000));
		expect(await told(later)).toBe('first');
		const before = await room(ann);
		const old = await say(ann, before, 'before bob came');
		await edit(before, old, 'when bob came');
		await bob.do({ kind: 'room.join', room: before });
		await bob.do(report(before, old, 0));
		expect(await told(old)).toBe('when bob came');
	});

	test('is nothing for somebody who was banned without ever having been there', async () => {
		const { ann, bob, room, say } = await world();
		const at = await room(ann, [], 'secret');
		const message = await say(ann, at, 'among us');
		await ann.do({ kind: 'member.remove', room: at, person: bob.person, ban: true });
		expect(await bob.outcome(report(at, message))).toBe('not_a_member');
	});

	test('empties the message also in a room that was deleted, and the audit log says which', async () => {
		const { ann, bob, administer, query, room, say } = await world();
		const at = await room(ann, [bob]);
		const message = await say(ann, at, 'a threat');
		const id = await bob.do(report(at, message));
		await ann.do({ kind: 'room.delete', room: at });
		const about = { report: id, room: at, message, person: ann.person };
		expect(await administer({ kind: 'admin.resolve', ...about, action: 'message' })).toBe('done');
		await administer({ kind: 'admin.room-restore', room: at });
		expect(messageIn(await bob.rows(at), message)).toMatchObject({ body: '', deleted: true });
		const line = `SELECT detail FROM audit WHERE act = 'report.resolve'`;
		const [entry] = await query<{ detail: string }>(line);
		expect(JSON.parse(entry!.detail)).toEqual({ action: 'message', room: at, message });
	});

	test('is not kept longer than what it is about, nor for ever', async () => {
		const { ann, bob, database, query, room, say } = await world();
		const [gone, kept] = [await room(ann, [bob]), await room(ann, [bob])];
		const left = async () =>
			(await query<{ room: string }>('SELECT room FROM report')).map((one) => one.room);
		for (const at of [gone, kept]) await bob.do(report(at, await say(ann, at, 'words')));
		await ann.do({ kind: 'room.delete', room: gone });
		await sweepDeletedRooms(database, Date.now() + 29 * DAY);
		expect((await left()).sort()).toEqual([gone, kept].sort());
		await sweepDeletedRooms(database, Date.now() + 31 * DAY);
		expect(await left()).toEqual([kept]);
		await sweepDeletedRooms(database, Date.now() + 366 * DAY);
		expect(await left()).toEqual([]);
	});

	test('is refused while too many of the same person wait', async () => {
		const { ann, bob, administer, room, say } = await world();
		const at = await room(ann, [bob]);
		const first = await say(ann, at, 'x');
		const id = await bob.do(report(at, first));
		for (let n = 1; n < REPORTS_OPEN; n++) await bob.do(report(at, await say(ann, at, 'x')));
		const last = report(at, await say(ann, at, 'x'));
		expect(await bob.outcome(last)).toBe('too_many');
		const about = { report: id, room: at, message: first, person: ann.person };
		await administer({ kind: 'admin.resolve', ...about, action: 'none' });
		expect(await bob.outcome(last)).toBe('accepted');
	});
});

test('a text is found by the rev at which it was seen', () => {
	const kept = (count: number) =>
		Array.from({ length: count }, (_, n) => ({ rev: 10 + 2 * n, body: `text ${n}` }));
	expect(textAt([], 'now', 5)).toBe('now');
	expect(textAt(kept(3), 'now', 1)).toBe('text 0');
	expect(textAt(kept(3), 'now', 11)).toBe('text 1');
	expect(textAt(kept(3), 'now', 15)).toBe('now');
	expect(textAt(kept(REVISIONS_KEPT), 'now', 9)).toBe(null);
	expect(textAt(kept(REVISIONS_KEPT), 'now', 10)).toBe('text 0');
	expect(textAt(kept(REVISIONS_KEPT), 'now', 11)).toBe('text 1');
});

describe('rooms', () => {
	test('of two are answered alike, whether or not there is one', async () => {
		const { ann, bob, administer, boss } = await world();
		const there = directId(ann.person, bob.person);
		await ann.do({ kind: 'direct.open', room: there, person: bob.person });
		const remove = (room: string) => administer({ kind: 'admin.room-delete', room });
		expect(await remove(there)).toBe('direct_fixed');
		expect(await remove(directId(boss.person, bob.person))).toBe('direct_fixed');
		expect(await remove(newId())).toBe('no_such_room');
	});

	test('that come back belong to somebody who can sign in', async () => {
		const { ann, bob, boss, administer, disable, room } = await world();
		const at = await room(ann, [bob, boss]);
		await ann.do({ kind: 'member.role', room: at, person: boss.person, role: 'admin' });
		await ann.do({ kind: 'room.delete', room: at });
		await disable(ann);
		expect(await administer({ kind: 'admin.room-restore', room: at })).toBe('done');
		const rows = await bob.rows(at);
		expect(rows.find(({ kind }) => kind === 'room')).toMatchObject({ owner: boss.person });
		const roles = rows.flatMap((row) => (row.kind === 'member' ? [[row.id, row.role]] : []));
		expect(Object.fromEntries(roles)).toEqual({
			...{ [boss.person]: 'owner', [ann.person]: 'admin', [bob.person]: 'member' }
		});
	});
});
