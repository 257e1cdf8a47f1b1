/** Administrators: what they may do, what they never see, and that all of it is written down. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
	Audit,
	People,
	Reports,
	Rooms,
	ServerSettings,
	Storage
} from '../../src/lib/protocol/admin.ts';
import type { Row } from '../../src/lib/protocol/change.ts';
import { directId } from '../../src/lib/protocol/ids.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import {
	ask,
	generalOf,
	newId,
	PASSWORD,
	register,
	type Answered,
	type Person,
	type TestLink
} from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

const COMMAND = fileURLToPath(new URL('../../server/admin/admin-command.ts', import.meta.url));

let server: TestServer;
let boss: Person;
let bossLink: TestLink;
beforeAll(async () => {
	server = await startServer();
	boss = await register(server, 'boss');
	bossLink = await boss.link();
});
afterAll(async () => {
	bossLink.close();
	await server.stop();
});

/** Runs the command beside the server, as whoever runs the server does. */
function command(...args: string[]) {
	const { DATABASE_URL: _url, ...env } = process.env;
	const options = { env: { ...env, DATA_DIR: server.dataDir } };
	return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
		const child = execFile(
			process.execPath,
			[COMMAND, ...args],
			options,
			(_error, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr })
		);
	});
}

let names = 0;
const somebody = (): Promise<Person> => register(server, `somebody_${names++}`);
const post = (who: Person, path: string, body: object = {}): Promise<Answered> =>
	who.ask(`/api/admin${path}`, { body });
const get = async <T>(who: Person, path: string): Promise<T> =>
	(await who.ask(`/api/admin${path}`)).body as T;
const codeOf = ({ refused, status }: Answered): string | number => refused?.code ?? status;
const signIn = (name: string) =>
	ask(server, '/api/account/sign-in', { body: { name, password: PASSWORD, remember: true } });

async function act(link: TestLink, draft: ActDraft): Promise<{ id: string; came: string }> {
	const id = newId();
	const { results } = await link.request('acts', {
		acts: [{ id, at: Date.now(), ...draft } as never]
	});
	const [result] = results;
	return { id, came: result!.status === 'accepted' ? 'accepted' : result!.refusal.code };
}

/** What a device is told of a room that it knows nothing of. */
async function rowsOf(link: TestLink, room: string): Promise<Row[]> {
	const { pages } = await link.request('pull', { streams: [{ id: room, cursor: null }] });
	const [page] = pages;
	if (!page || !('rows' in page)) throw new Error(`no rows: ${page?.type}`);
	return page.rows;
}

/** A room of somebody, with these members. */
async function roomOf(owner: TestLink, name: string, members: TestLink[] = []): Promise<string> {
	const room = newId();
	await act(owner, { kind: 'room.create', room, name, description: '' });
	for (const member of members) await act(member, { kind: 'room.join', room });
	return room;
}

const ID = newId();
/** Every endpoint, with a body that is none of its mistakes. */
const ENDPOINTS: [method: 'GET' | 'POST', path: string, body?: object][] = [
	['GET', '/people'],
	['POST', `/people/${ID}/disabled`, { on: true }],
	['POST', `/people/${ID}/admin`, { on: true }],
	['POST', `/people/${ID}/end-sessions`],
	['POST', `/people/${ID}/password-link`],
	['GET', '/rooms'],
	['GET', `/rooms/${ID}/members`],
	['POST', `/rooms/${ID}/delete`],
	['POST', `/rooms/${ID}/restore`],
	['GET', '/reports'],
	['POST', `/reports/${ID}/resolve`, { action: 'none' }],
	['GET', '/audit'],
	['GET', '/storage'],
	['GET', '/numbers'],
	['GET', '/server'],
	['POST', '/server', { registration: 'open' }]
];

describe.each(ENDPOINTS)('%s /api/admin%s', (method, path, body) => {
	const asked = (headers: Record<string, string>) =>
		ask(server, `/api/admin${path}`, {
			method,
			headers,
			...(method === 'POST' ? { body: body ?? {} } : {})
		});

	test('is for administrators with a session of the app, and nobody else', async () => {
		const other = await somebody();
		expect(codeOf(await asked({}))).toBe('session_ended');
		expect(codeOf(await asked({ cookie: other.cookie }))).toBe('not_allowed');
		const bot = (await boss.ask('/api/account/tokens', { body: { name: 'bot' } })).body as {
			token: string;
		};
		expect(codeOf(await asked({ authorization: `Bearer ${bot.token}` }))).toBe('session_ended');
		expect(codeOf(await asked({ cookie: `roost=${bot.token}` }))).toBe('session_ended');
		const done = await asked({ cookie: boss.cookie });
		expect([200, 404]).toContain(done.status);
		expect(done.headers.get('cache-control')).toBe('no-store');
	});

	test.runIf(method === 'POST')('is refused to pages of other origins', async () => {
		const elsewhere = { cookie: boss.cookie, origin: 'https://evil.example' };
		expect(codeOf(await asked(elsewhere))).toBe('origin_refused');
	});
});

test('an account that is disabled is cut off, told why when it signs in, and comes back', async () => {
	const other = await somebody();
	const link = await other.link();
	const path = `/people/${other.id}/disabled`;
	expect(codeOf(await post(boss, path, { on: true }))).toBe(200);
	await link.closed;
	expect((await other.sync('heads', {})).status).toBe(401);
	expect(codeOf(await signIn(other.name))).toBe('account_disabled');
	const wrong = await ask(server, '/api/account/sign-in', {
		body: { name: other.name, password: 'not this one', remember: true }
	});
	expect(codeOf(wrong)).toBe('sign_in_failed');
	expect(codeOf(await post(boss, `/people/${other.id}/password-link`))).toBe('account_disabled');
	expect(codeOf(await post(boss, path, { on: false }))).toBe(200);
	expect((await signIn(other.name)).status).toBe(200);
	// The session from before stays ended.
	expect((await other.sync('heads', {})).status).toBe(401);
});

test('sessions are ended, and a link sets another password', async () => {
	const other = await somebody();
	const link = await other.link();
	expect(codeOf(await post(boss, `/people/${other.id}/end-sessions`))).toBe(200);
	await link.closed;
	const made = await post(boss, `/people/${other.id}/password-link`);
	const { token } = made.body as { token: string };
	const password = 'quite another battery';
	const body = { token, password };
	expect((await ask(server, '/api/account/password-link', { body })).status).toBe(200);
});

test('the last administrator cannot go, nor be disabled, nor lose the role, before there is another', async () => {
	const other = await somebody();
	const own = (what: string, on: boolean) => post(boss, `/people/${boss.id}/${what}`, { on });
	const leave = () => boss.ask('/api/account/delete', { body: { password: PASSWORD } });
	expect(codeOf(await own('admin', false))).toBe('last_admin');
	expect(codeOf(await own('disabled', true))).toBe('not_yourself');
	expect(codeOf(await leave())).toBe('last_admin');
	expect(codeOf(await post(boss, `/people/${other.id}/admin`, { on: true }))).toBe(200);
	expect(codeOf(await own('admin', false))).toBe(200);
	expect(codeOf(await own('admin', true))).toBe('not_allowed');
	expect(codeOf(await post(other, `/people/${boss.id}/admin`, { on: true }))).toBe(200);
	// A disabled one does not count.
	expect(codeOf(await post(boss, `/people/${other.id}/disabled`, { on: true }))).toBe(200);
	expect(codeOf(await own('admin', false))).toBe('last_admin');
	expect((await boss.ask('/api/account')).body).toMatchObject({ admin: true });
});

test('people are found by any part of a name, in parts that end', async () => {
	const other = await somebody();
	const found = await get<People>(boss, `/people?q=${other.name.slice(2).toUpperCase()}`);
	expect(found.people.map(({ name }) => name)).toContain(other.name);
	expect(found.people.find(({ id }) => id === other.id)).toMatchObject({ sessions: 1, bytes: 0 });
	expect((await get<People>(boss, '/people?q=%25')).people).toEqual([]);
	const db = new Database(`${server.dataDir}/roost.sqlite`);
	const insert = db.prepare(
		`INSERT INTO person (id, name, name_key, email, email_key, password_hash, created_at)
		VALUES (?, ?, ?, '', ?, '', 1)`
	);
	for (let n = 0; n < 60; n++) insert.run(newId(), `many${n}`, `many${n}`, `many${n}@x`);
	db.close();
	const seen: string[] = [];
	for (let after: string | null = ''; after !== null;) {
		const part: People = await get<People>(boss, `/people?q=many&after=${after}`);
		seen.push(...part.people.map(({ name }) => name));
		after = part.next;
	}
	expect([seen.length, new Set(seen).size]).toEqual([60, 60]);
});

test('whoever is online is seen now, whatever was stored when they went last', async () => {
	const person = await somebody();
	const seen = async () =>
		(await get<People>(boss, `/people?q=${person.name}`)).people.map((one) => one.seen);
	expect(await seen()).toEqual([null]);
	const before = Date.now();
	const link = await person.link();
	const [at] = await seen();
	expect(at).toBeGreaterThanOrEqual(before);
	link.close();
});

test('a deleted room is gone at once, and comes back with its members, roles and messages (A22)', async () => {
	const [owner, helper] = [await somebody(), await somebody()];
	const [one, two] = [await owner.link(), await helper.link()];
	const room = await roomOf(one, 'Kitchen', [two]);
	await act(one, { kind: 'member.role', room, person: helper.id, role: 'admin' });
	const said = await act(two, { kind: 'message.post', room, body: 'soup of the day' });
	expect(codeOf(await post(boss, `/rooms/${room}/delete`))).toBe(200);
	expect((await act(two, { kind: 'message.post', room, body: 'x' })).came).toBe('room_deleted');
	const pages = (await two.request('pull', { streams: [{ id: room, cursor: null }] })).pages;
	expect(pages).toEqual([{ type: 'gone', stream: room }]);
	expect((await get<Rooms>(boss, '/rooms?q=kitch')).rooms).toEqual([]);
	const deleted = (await get<Rooms>(boss, '/rooms?q=kitch&deleted=1')).rooms;
	expect(deleted).toMatchObject([{ id: room, owner: owner.name, members: 2 }]);
	// Its name was free meanwhile.
	const other = await roomOf(one, 'kitchen');
	expect(codeOf(await post(boss, `/rooms/${room}/restore`))).toBe('room_name_taken');
	await act(one, { kind: 'room.delete', room: other });
	expect(codeOf(await post(boss, `/rooms/${room}/restore`, { name: 'Old kitchen' }))).toBe(200);
	const rows = await rowsOf(two, room);
	expect(rows.find(({ id }) => id === said.id)).toMatchObject({ body: 'soup of the day' });
	const roles = rows.flatMap((row) =>
		row.kind === 'member' ? [[row.id, row.role, row.state]] : []
	);
	expect(roles.sort()).toEqual(
		[
			[owner.id, 'owner', 'in'],
			[helper.id, 'admin', 'in']
		].sort()
	);
	expect((await act(two, { kind: 'message.post', room, body: 'again' })).came).toBe('accepted');
	expect(codeOf(await post(boss, `/rooms/${room}/restore`))).toBe('no_such_room');
	for (const link of [one, two]) link.close();
});

test('the room that everybody is in stays, and direct conversations are nobody’s business', async () => {
	const general = await generalOf(bossLink);
	expect(codeOf(await post(boss, `/rooms/${general}/delete`))).toBe('not_allowed');
	const [one, two] = [await somebody(), await somebody()];
	const link = await one.link();
	const room = directId(one.id, two.id);
	await act(link, { kind: 'direct.open', room, person: two.id });
	await act(link, { kind: 'message.post', room, body: 'between the two of us' });
	// The same is said of one that nobody has opened.
	for (const id of [room, directId(boss.id, one.id)]) {
		expect(codeOf(await post(boss, `/rooms/${id}/delete`))).toBe('direct_fixed');
		expect(codeOf(await post(boss, `/rooms/${id}/restore`))).toBe('no_such_room');
	}
	expect(codeOf(await boss.ask(`/api/admin/rooms/${room}/members`))).toBe('direct_fixed');
	for (const [method, path] of ENDPOINTS) {
		if (method !== 'GET') continue;
		const text = JSON.stringify((await boss.ask(`/api/admin${path}`)).body);
		expect(text).not.toContain('between the two of us');
		expect(text).not.toContain(room);
	}
	link.close();
});

describe('a report', () => {
	test('keeps the words that were seen, whatever becomes of the message, and is resolved once (A20)', async () => {
		const [bully, victim] = [await somebody(), await somebody()];
		const [one, two] = [await bully.link(), await victim.link()];
		const room = await roomOf(one, `Yard ${bully.name}`, [two]);
		const { id: message } = await act(one, { kind: 'message.post', room, body: 'first words' });
		const seen = (await rowsOf(two, room)).find(({ id }) => id === message)!.rev;
		await act(one, { kind: 'message.edit', room, message, body: 'harmless words' });
		const report = { kind: 'message.report', room, message, reason: 'insults', seen } as const;
		// Put out of the room meanwhile: what one has seen one may report.
		await act(one, { kind: 'member.remove', room, person: victim.id });
		expect((await act(two, report)).came).toBe('accepted');
		expect((await act(two, report)).came).toBe('accepted');
		const open = async () =>
			(await get<Reports>(boss, '/reports')).reports.filter(({ author }) => author.id === bully.id);
		const [entry] = await open();
		expect(await open()).toHaveLength(1);
		expect(entry).toMatchObject({
			...{ body: 'first words', reason: 'insults', reporter: victim.name, present: true },
			author: { id: bully.id, name: bully.name }
		});
		const resolve = (action: string) => post(boss, `/reports/${entry!.id}/resolve`, { action });
		expect(codeOf(await resolve('message'))).toBe(200);
		expect(codeOf(await resolve('none'))).toBe('not_found');
		expect(await open()).toEqual([]);
		const done = (await get<Reports>(boss, '/reports?resolved=1')).reports;
		expect(done[0]).toMatchObject({
			...{ body: 'first words', present: false },
			resolved: { by: 'boss', action: 'message' }
		});
		const left = (await rowsOf(one, room)).find(({ id }) => id === message);
		expect(left).toMatchObject({ deleted: true, body: '' });
		for (const link of [one, two]) link.close();
	});

	test('needs a reason and a message of somebody else that one could see', async () => {
		const [one, two] = [await somebody(), await somebody()];
		const [mine, theirs] = [await one.link(), await two.link()];
		const room = await roomOf(mine, `Attic ${one.name}`);
		const { id: message } = await act(mine, { kind: 'message.post', room, body: 'hello' });
		const report = { kind: 'message.report', room, message, reason: 'bad', seen: 9 } as const;
		expect((await act(theirs, report)).came).toBe('not_a_member');
		expect((await act(mine, report)).came).toBe('not_yourself');
		await act(theirs, { kind: 'room.join', room });
		expect((await act(theirs, { ...report, reason: ' \u200b' })).came).toBe('reason_invalid');
		expect((await act(theirs, { ...report, reason: 'x'.repeat(501) })).came).toBe('reason_invalid');
		expect((await act(theirs, { ...report, message: newId() })).came).toBe('no_such_message');
		await act(mine, { kind: 'message.recall', room, message });
		expect((await act(theirs, report)).came).toBe('message_deleted');
		for (const link of [mine, theirs]) link.close();
	});

	test('disables its author', async () => {
		const [bully, victim] = [await somebody(), await somebody()];
		const [one, two] = [await bully.link(), await victim.link()];
		const room = directId(bully.id, victim.id);
		await act(one, { kind: 'direct.open', room, person: victim.id });
		await act(one, { kind: 'message.post', room, body: 'a secret' });
		const { id: message } = await act(one, { kind: 'message.post', room, body: 'a threat' });
		await act(two, { kind: 'message.report', room, message, reason: 'threats', seen: 99 });
		const { reports } = await get<Reports>(boss, '/reports');
		const entry = reports.find(({ author }) => author.id === bully.id);
		// Of a direct conversation nothing is told but what was reported.
		expect(entry).toMatchObject({ room: null, body: 'a threat' });
		expect(JSON.stringify(reports)).not.toContain('a secret');
		expect(codeOf(await post(boss, `/reports/${entry!.id}/resolve`, { action: 'person' }))).toBe(
			200
		);
		await one.closed;
		expect(codeOf(await signIn(bully.name))).toBe('account_disabled');
		two.close();
	});
});

describe('the door', () => {
	const come = (name: string, more: object = {}) =>
		ask(server, '/api/account/register', {
			body: { name, email: `${name}@example.org`, password: PASSWORD, ...more }
		});
	const open = (registration: string) => post(boss, '/server', { registration });

	test('is closed to everybody, or open to those who were invited', async () => {
		const room = await roomOf(bossLink, 'Guests', []);
		const token = 'a'.repeat(22);
		await act(bossLink, { kind: 'invite.create', room, invite: newId(), token, uses: 1 });
		await open('closed');
		expect((await ask(server, '/api/server')).body).toMatchObject({ registration: 'closed' });
		expect(codeOf(await come('late', { invite: { room, token } }))).toBe('registration_closed');
		await open('invite');
		expect(codeOf(await come('late'))).toBe('invite_needed');
		const wrong = { room, token: 'b'.repeat(22) };
		expect(codeOf(await come('late', { invite: wrong }))).toBe('invite_invalid');
		const both = await Promise.all([
			come('early', { invite: { room, token } }),
			come('later', { invite: { room, token } })
		]);
		expect(both.map(codeOf).sort()).toEqual([200, 'invite_invalid']);
		const { rooms } = await get<Rooms>(boss, '/rooms?q=guests');
		expect(rooms[0]).toMatchObject({ members: 2 });
		await open('open');
		expect((await come('late')).status).toBe(200);
	});
});

test('a server has a name and an icon, in the manifest, too', async () => {
	const manifest = async () =>
		(await ask(server, '/manifest.webmanifest')).body as { name: string; icons: { src: string }[] };
	expect((await manifest()).name).toBe('Roost');
	const { default: sharp } = await import('sharp');
	const picture = await sharp({
		create: { width: 300, height: 200, channels: 3, background: 'teal' }
	})
		.png()
		.toBuffer();
	const icon = picture.toString('base64');
	expect(codeOf(await post(boss, '/server', { name: ' School of Owls ', icon }))).toBe(200);
	const made = await manifest();
	expect(made).toMatchObject({ name: 'School of Owls', short_name: 'School of Owls' });
	const response = await fetch(`${server.origin}${made.icons[0]!.src}`);
	expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp']);
	expect(codeOf(await post(boss, '/server', { name: 'x'.repeat(41) }))).toBe('server_name_invalid');
	expect(codeOf(await post(boss, '/server', { icon: 'AAAA' }))).toBe('picture_invalid');
	await post(boss, '/server', { name: '', icon: null });
	expect((await manifest()).name).toBe('Roost');
});

test('what is announced comes to everybody in the directory, and ends', async () => {
	const other = await somebody();
	const link = await other.link();
	const shown = () =>
		link.frames
			.flatMap(({ rows }) => rows)
			.findLast((row) => row.kind === 'directory' && row.name === 'general');
	await post(boss, '/server', { announcement: 'Back at noon' });
	await link.until(() => shown() !== undefined);
	expect(shown()).toMatchObject({ announcement: { text: 'Back at noon' } });
	expect(await get<ServerSettings>(boss, '/server')).toMatchObject({
		announcement: 'Back at noon'
	});
	await post(boss, '/server', { announcement: '' });
	await link.until(() => !('announcement' in shown()!));
	expect(codeOf(await post(boss, '/server', { announcement: 'x'.repeat(501) }))).toBe(
		'message_too_long'
	);
	link.close();
});

test('storage and numbers are told', async () => {
	const storage = await get<Storage>(boss, '/storage');
	expect(storage.database).toBeGreaterThan(1_000);
	expect(storage.files).toMatchObject({ count: 0, bytes: 0 });
	const { samples } = await get<{ samples: unknown[] }>(boss, '/numbers');
	expect(samples.length).toBeGreaterThan(0);
	const later = await get<{ samples: unknown[] }>(boss, `/numbers?since=${Date.now() + 1_000}`);
	expect(later.samples).toEqual([]);
});

test('every act is in the audit log, which nobody can change (A21)', async () => {
	const other = await somebody();
	const latest = async () => (await get<Audit>(boss, '/audit')).entries;
	await post(boss, `/people/${other.id}/end-sessions`);
	const [entry, ...rest] = await latest();
	expect(entry).toMatchObject({ actor: 'boss', act: 'sessions.end', subject: other.name });
	expect(new Set(rest.map((one) => one.act)).size).toBeGreaterThan(5);
	// What was refused did not happen.
	await post(boss, `/people/${boss.id}/admin`, { on: false });
	expect((await latest())[0]).toEqual(entry);
	const db = new Database(`${server.dataDir}/roost.sqlite`);
	for (const sql of [
		"UPDATE audit SET actor = ''",
		'DELETE FROM audit',
		`REPLACE INTO audit SELECT * FROM audit WHERE number = ${entry!.number}`
	]) {
		expect(() => db.exec(sql)).toThrow('the audit log is only added to');
	}
	db.close();
	// Not a secret in it.
	expect(JSON.stringify(await latest())).not.toMatch(/[\w-]{43}/);
});

test('from the command line, by the same rules and into the same log', async () => {
	const other = await somebody();
	const link = await other.link();
	expect(await command('revoke', 'boss')).toMatchObject({
		...{ status: 1, stderr: expect.stringContaining('the last administrator') }
	});
	expect(await command('grant', other.name)).toMatchObject({ status: 0, stderr: '' });
	expect((await other.ask('/api/account')).body).toMatchObject({ admin: true });
	expect((await command('disable', other.name)).status).toBe(0);
	expect(codeOf(await signIn(other.name))).toBe('account_disabled');
	expect((await command('enable', `${other.name}@example.org`)).status).toBe(0);
	expect((await command('revoke', other.name)).status).toBe(0);
	expect((await command('registration', 'sometimes')).status).toBe(2);
	expect((await command('audit')).stdout).toMatch(/\(command line\) {2}admin\.grant/u);
	expect((await get<Audit>(boss, '/audit')).entries[0]).toMatchObject({
		...{ actor: '', act: 'admin.revoke', subject: other.name }
	});
	link.close();
});
