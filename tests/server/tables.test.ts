/** What parts of the server keep besides the log: the same on every kind of database. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { StoredSession } from '../../server/auth/session-store.ts';
import type { AdminDraft } from '../../server/domain/admin-act.ts';
import type { StoredFile } from '../../server/files/file-ports.ts';
import { createAdminReads } from '../../server/store/sql/admin-reads.ts';
import { createDeviceStore } from '../../server/store/sql/device-store.ts';
import { createFileTable } from '../../server/store/sql/file-table.ts';
import { createPasswordLinkStore } from '../../server/store/sql/password-link-store.ts';
import { createPushStore } from '../../server/store/sql/push-store.ts';
import {
	createCompatSearchReads,
	createMemberSearchReads
} from '../../server/store/sql/search-reads.ts';
import { createServerSettings } from '../../server/store/sql/server-settings.ts';
import { createSessionStore } from '../../server/store/sql/session-store.ts';
import { littleDomain, type LittleDomain, type Somebody } from '../support/little-domain.ts';

const LATER = 10_000_000_000_000;
/** What `littleDomain` gives everybody. */
const PASSWORD = { passwordHash: 'hash:secret' };

let world: LittleDomain;
let ann: Somebody;
let bob: Somebody;
beforeEach(async () => {
	world = await littleDomain();
	[ann, bob] = [await world.person('ann'), await world.person('bob')];
});

const sessionOf = (who: Somebody, name: string, kind: StoredSession['kind'] = 'app') => ({
	id: `secret ${name}`,
	publicId: name,
	person: who.person,
	expiresAt: LATER,
	createdAt: 1,
	usedAt: 2,
	kind,
	remember: true,
	agent: 'test'
});

describe('sessions', () => {
	test('begin while their grounds hold, live until they end, and are listed', async () => {
		const sessions = createSessionStore(world.database);
		const one = sessionOf(ann, 'one');
		expect(await sessions.insert(one, { passwordHash: 'another' })).toBe(false);
		expect(await sessions.insert(one, PASSWORD)).toBe(true);
		expect(await sessions.find(one.id)).toEqual(one);
		const bot = (name: string) =>
			sessions.insert(sessionOf(ann, name, 'bot'), { session: 'one', most: 1 });
		expect([await bot('bot'), await bot('bot too many')]).toEqual([true, false]);
		await sessions.used('secret bot', 9);
		await sessions.extend('secret bot', 500);
		expect((await sessions.ofPerson(ann.person)).map(({ publicId }) => publicId)).toEqual([
			'bot',
			'one'
		]);
		expect([await sessions.isAlive('bot', 499), await sessions.isAlive('bot', 500)]).toEqual([
			true,
			false
		]);
		await sessions.removeExpired(500);
		expect(await sessions.find('secret bot')).toBeNull();
		expect(await sessions.remove(one.id)).toBe('one');
		expect(await sessions.remove(one.id)).toBeNull();
	});

	test('end with the devices on which they were begun', async () => {
		const sessions = createSessionStore(world.database);
		const devices = createDeviceStore(world.database);
		for (const [usedAt, name] of ['one', 'two', 'three'].entries()) {
			await sessions.insert(sessionOf(ann, name), PASSWORD);
			const device = { id: `of ${name}`, person: ann.person, session: name };
			await devices.insert({ ...device, usedAt, expiresAt: LATER }, 2);
		}
		const known = () => devices.find(['of one', 'of two', 'of three'], ann.person, 1);
		expect((await known()).sort()).toEqual(['of three', 'of two']);
		expect(await sessions.removePublic(ann.person, 'three')).toBe(true);
		expect(await known()).toEqual(['of two']);
		expect(await sessions.removeAll(ann.person, 'one')).toEqual(['two']);
		expect(await known()).toEqual([]);
	});
});

test('a password link is good once', async () => {
	const links = createPasswordLinkStore(world.database);
	const link = { id: 'secret', person: ann.person, expiresAt: 100, createdAt: 1 };
	expect(await links.insert({ ...link, person: 'nobody' })).toBe(false);
	expect(await links.insert(link)).toBe(true);
	expect(await links.find('secret', 99)).toMatchObject({ person: ann.person, name: 'ann' });
	expect(await links.redeem('secret', 'new', 100)).toBe(false);
	const both = await Promise.all([links.redeem('secret', 'a', 1), links.redeem('secret', 'b', 1)]);
	expect(both.filter(Boolean)).toHaveLength(1);
	expect(await world.store.passwordHash(ann.person)).toBe(both[0] ? 'a' : 'b');
	await links.insert(link);
	await links.removeExpired(100);
	expect(await links.find('secret', 1)).toBeNull();
});

describe('subscriptions', () => {
	test('are told of what their people may know, as long as they have not read it', async () => {
		const push = createPushStore(world.database);
		const sessions = createSessionStore(world.database);
		const room = await world.room(ann, [bob]);
		await sessions.insert(sessionOf(bob, 'bobs'), PASSWORD);
		const subscription = {
			...{ id: 'sub', person: bob.person, session: 'bobs' },
			...{ endpoint: 'https://push.example/1', p256dh: 'key', auth: 'auth' }
		};
		await push.put(subscription, 5);
		await push.tried('sub', 2, 70);
		const full = { ...subscription, failures: 2, pausedUntil: 70 };
		expect(await push.ofSession('bobs')).toEqual([full]);
		await bob.do({ kind: 'pref.set', key: `level:${room}`, value: '"all"' });
		const message = await ann.do({ kind: 'message.post', room, body: 'hello' });
		const [reader] = await push.readers(room, ann.person, 1);
		expect(reader).toMatchObject({ person: bob.person, level: '"all"', subscriptions: [full] });
		expect(await push.readers(room, bob.person, 1)).toEqual([]);
		expect(await push.current('sub', message, 1)).toMatchObject({ body: 'hello', hidePreview: '' });
		expect(await push.unread(bob.person)).toBe(1);
		expect(await push.authorOf(message)).toBe(ann.person);
		expect(await push.room(room)).toMatchObject({ direct: false, private: false });
		expect((await push.card(ann.person))?.name).toBe('ann');
		const [row] = (await bob.rows(room)).filter(({ id }) => id === message);
		if (row?.kind !== 'message') throw new Error('no message');
		await push.noteTold('sub', row);
		expect(await push.toldOf(message, 1)).toEqual([{ ...full, seq: row.seq }]);
		await bob.do({ kind: 'read.mark', room, upto: row.seq });
		expect([await push.toldOf(message, 1), await push.toldIn(room, bob.person, 1)]).toEqual([
			[],
			[]
		]);
		await push.forgetTold('sub', room);
		await push.removeEnded(LATER);
		expect(await push.ofSession('bobs')).toEqual([]);
	});

	test('the first of two who make a setting is kept', async () => {
		const push = createPushStore(world.database);
		expect(await push.setting('key')).toBeNull();
		expect(await push.ensureSetting('key', 'one')).toBe('one');
		expect(await push.ensureSetting('key', 'two')).toBe('one');
		expect(await push.setting('key')).toBe('one');
	});
});

test('a file is its owner’s until it is in a message, then that room’s, and nobody’s after that', async () => {
	const table = createFileTable(world.database, world.rooms);
	const eve = await world.person('eve');
	const room = await world.room(ann, [bob]);
	const id = crypto.randomUUID().replace(/^(.{14})./, '$17');
	const file: StoredFile = {
		...{ id, person: ann.person, name: 'a.png', type: 'image/png', kind: 'image', size: 12 },
		...{ stored: 'f'.repeat(32), thumb: null }
	};
	await table.add(file, 5);
	expect(await table.find(id)).toEqual(file);
	const whoSees = async () => {
		const seen = [];
		for (const one of [ann, bob, eve]) if (await table.visible(id, one.person)) seen.push(one.name);
		return seen;
	};
	expect(await whoSees()).toEqual(['ann']);
	expect(await table.usage(ann.person)).toEqual({ own: 12, all: 12 });
	expect(await table.addPoster(id, { thumb: 'x', hash: 'y' })).toBe(false);
	const message = await ann.do({ kind: 'message.post', room, body: '', files: [id] });
	expect(await whoSees()).toEqual(['ann', 'bob']);
	expect([await table.remove(id), await table.orphans(LATER)]).toEqual([false, []]);
	await ann.do({ kind: 'message.recall', room, message });
	expect(await whoSees()).toEqual([]);
	expect((await table.orphans(LATER)).map((orphan) => orphan.id)).toEqual([id]);
	expect([await table.holds(file.stored), await table.remove(id)]).toEqual([true, true]);
	expect(await table.holds(file.stored)).toBe(false);
});

test('searching reads what may be read at that moment', async () => {
	const { database } = world;
	const forMembers = createMemberSearchReads(database, world.rooms);
	const forAll = createCompatSearchReads(database);
	const room = await world.room(ann, [bob]);
	const post = (body: string) => ann.do({ kind: 'message.post', room, body });
	await post('one');
	const recalled = await post('two');
	await post('three');
	const said = await world.query<{ number: number; rev: number }>(
		'SELECT number, rev FROM message WHERE room = ? AND type IS NULL ORDER BY number',
		room
	);
	await ann.do({ kind: 'message.recall', room, message: recalled });
	const asked = { query: 'o', rooms: [room] };
	const question = await forMembers.question(bob.person, asked);
	expect(question).toMatchObject({ query: 'o', rooms: [{ from: 1 }] });
	expect(await forMembers.question(bob.person, { ...asked, direct: true })).toBeNull();
	const bodies = async (reads: typeof forAll) => {
		const { messages, total } = await reads.read(bob.person, said, { skip: 0, limit: 9 });
		expect(total).toBe(messages.length);
		return messages.map(({ row, author }) => `${author.name}: ${row.body}`);
	};
	expect(await bodies(forMembers)).toEqual(['ann: three', 'ann: one']);
	await bob.do({ kind: 'room.leave', room });
	expect(await bodies(forMembers)).toEqual([]);
	expect(await bodies(forAll)).toEqual(['ann: three', 'ann: one']);
});

describe('administration', () => {
	const administer = async (who: Somebody, act: AdminDraft) =>
		(await world.domain.administer(who.person, act))?.code ?? 'done';

	test('what is done is in the audit log, which the database keeps as it is', async () => {
		const reads = createAdminReads(world.database);
		const disable = { kind: 'admin.disable', person: bob.person, on: true } as const;
		expect(await administer(bob, disable)).toBe('not_allowed');
		expect(await administer(ann, disable)).toBe('done');
		expect((await reads.people({ query: 'BO', after: '' }, 1)).people).toMatchObject([
			{ name: 'bob', disabled: true, sessions: 0, bytes: 0 }
		]);
		const revoke = { kind: 'admin.role', person: ann.person, on: false } as const;
		expect(await administer(ann, revoke)).toBe('last_admin');
		expect((await reads.audit('')).entries).toMatchObject([
			{ actor: 'ann', act: 'person.disable', subject: 'bob', detail: '{}' }
		]);
		const change = (sql: string) =>
			world.database.write(() => world.database.prepare<[]>(sql).run());
		for (const sql of ["UPDATE audit SET actor = ''", 'DELETE FROM audit']) {
			await expect(change(sql)).rejects.toThrow(/only added to|P0001/u);
		}
	});

	test('a report keeps its words, and a deleted room comes back', async () => {
		const reads = createAdminReads(world.database);
		const room = await world.room(ann, [bob]);
		const message = await ann.do({ kind: 'message.post', room, body: 'first' });
		await ann.do({ kind: 'message.edit', room, message, body: 'second' });
		const report = { kind: 'message.report', room, message, reason: 'bad', seen: 1 } as const;
		expect(await bob.outcome(report)).toBe('accepted');
		expect(await bob.outcome(report)).toBe('accepted');
		const { reports } = await reads.reports('', false);
		expect(reports).toMatchObject([{ body: 'first', reason: 'bad', present: true }]);
		expect(await administer(ann, { kind: 'admin.room-delete', room })).toBe('done');
		expect(await bob.rows(room)).toEqual([]);
		expect((await reads.rooms({ query: '', after: '' }, true, Date.now())).rooms).toMatchObject([
			{ id: room, members: 2 }
		]);
		expect(await administer(ann, { kind: 'admin.room-restore', room })).toBe('done');
		const rows = await bob.rows(room);
		expect(rows.find(({ id }) => id === message)).toMatchObject({ body: 'second' });
		expect(rows.filter((row) => row.kind === 'member' && row.state === 'in')).toHaveLength(2);
		const about = { report: reports[0]!.id, room, message, person: ann.person };
		const resolve = { kind: 'admin.resolve', ...about, action: 'message' } as const;
		expect(await administer(ann, resolve)).toBe('done');
		expect((await reads.reports('', true)).reports).toMatchObject([{ present: false }]);
		expect((await bob.rows(room)).find(({ id }) => id === message)).toMatchObject({ body: '' });
	});

	test('what is set for the server is there for everybody', async () => {
		const settings = createServerSettings(world.database);
		expect(await settings.profile()).toEqual({
			...{ name: '', registration: 'open', icon: null }
		});
		await administer(ann, { kind: 'admin.registration', registration: 'closed' });
		await administer(ann, { kind: 'admin.server-name', name: ' Owls ' });
		const firstRoom = world.domain.firstRoom();
		await administer(ann, { kind: 'admin.announce', room: firstRoom, text: 'at noon' });
		expect(await settings.profile()).toMatchObject({ name: 'Owls', registration: 'closed' });
		expect(await settings.announcement(firstRoom)).toBe('at noon');
		const listed = (await bob.rows('directory')).filter((row) => row.kind === 'directory');
		expect(listed).toMatchObject([{ announcement: { text: 'at noon' } }]);
	});
});
