/** Every kind of act at its worst: the longest text, the fullest message, in rooms and among people of any number. */
import type Database from 'better-sqlite3';
import { directId } from '../../src/lib/protocol/ids.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
import type { Act } from '../../src/lib/protocol/up.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { openSqlite } from '../../server/store/sqlite/open.ts';
import { sqliteDomain, type Somebody } from './little-domain.ts';
import { newId } from './person.ts';
import { WorkMeter, type Work } from './work-meter.ts';

/** What an act cost, under a name that says what is special about it. */
export interface Measured extends Work {
	name: string;
	kind: Act['kind'] | 'account.delete';
}

/** Emoji that are one each for everybody. */
const EMOJI = [...'😀😃😄😁😆😅😂🙂🙃😉😊😇😍😘😗😙😚😋😛😜'];

/** A text of the greatest length that names as many people as it may. */
function worstText(people: Somebody[]): string {
	const names = people.slice(0, LIMITS.mentionsMax).map(({ name }) => `@${name}`);
	return names.join(' ').padEnd(LIMITS.messageMax, ' lorem');
}

/** Files that were handed in, without their bytes. */
function handIn(db: Database.Database, { person }: Somebody, count: number): string[] {
	const insert = db.prepare(
		`INSERT INTO file (id, person, name, type, kind, size, stored, at)
		VALUES (?, ?, 'picture.png', 'image/png', 'image', 1, ?, 1)`
	);
	return Array.from({ length: count }, () => {
		const id = newId();
		insert.run(id, person, newId());
		return id;
	});
}

/** Reactions to a message up to the last place that is free. */
function fillReactions(db: Database.Database, message: string): void {
	const many = Array.from({ length: LIMITS.reactionPeople - 1 }, (_, n) => 1_000_000 + n);
	const all = EMOJI.slice(0, LIMITS.reactionKinds).map((emoji) => [emoji, many]);
	db.prepare('UPDATE message SET reactions = ? WHERE id = ?').run(JSON.stringify(all), message);
}

/** Preferences up to the bound of all that one person may have. */
async function fillPrefs(somebody: Somebody): Promise<void> {
	const value = 'x'.repeat(LIMITS.prefMax);
	for (let n = 0; n < 65; n++) await somebody.act({ kind: 'pref.set', key: `level:${n}`, value });
}

class World {
	readonly measured: Measured[] = [];
	readonly #meter: WorkMeter;

	constructor(meter: WorkMeter) {
		this.#meter = meter;
	}

	/** Does something, which has to be accepted, and notes what it cost. Answers the id of the act. */
	async do(somebody: Somebody, draft: ActDraft, special = ''): Promise<string> {
		this.#meter.take();
		const id = await somebody.do(draft);
		const name = special ? `${draft.kind}, ${special}` : draft.kind;
		this.measured.push({ name, kind: draft.kind, ...this.#meter.take() });
		return id;
	}

	/** Notes what the end of an account costs, for which no device can ask. */
	async endAccount(run: () => Promise<unknown>): Promise<void> {
		this.#meter.take();
		await run();
		this.measured.push({ name: 'account.delete', kind: 'account.delete', ...this.#meter.take() });
	}
}

/**
 * Does every kind of act once in a world of this size: so many people are in the room, know the actor, have
 * rooms with the actor and links into the room.
 * @returns what each act cost, and the SQL that was run inside commits
 */
export async function worstActs(
	size: number
): Promise<{ measured: Measured[]; sources: ReadonlySet<string>; db: Database.Database }> {
	const db = openSqlite({ file: ':memory:' });
	const meter = new WorkMeter(db);
	const little = await sqliteDomain(db);
	const world = new World(meter);
	const crowd: Somebody[] = [];
	for (let n = 0; n < size; n++) crowd.push(await little.person(`p${n}`));
	const owner = await little.person('owner');
	const member = await little.person('member');
	const guest = await little.person('guest');
	const room = await little.room(owner, [...crowd, member]);
	for (const one of crowd) {
		await one.do({ kind: 'friend.ask', person: owner.person });
		await little.room(owner);
		await one.do(invitation(room));
	}
	const setting: Setting = { db, world, crowd, owner, member, guest, room };
	await aboutMessages(setting);
	await aboutOneself(setting);
	await aboutPeople(setting);
	await aboutMembers(setting);
	await aboutRooms(setting);
	await world.endAccount(() => little.domain.deleteAccount(owner.person));
	return { measured: world.measured, sources: meter.sources, db };
}

interface Setting {
	db: Database.Database;
	world: World;
	crowd: Somebody[];
	owner: Somebody;
	member: Somebody;
	/** somebody who is not in the room */
	guest: Somebody;
	room: string;
}

const invitation = (room: string, token = newId().replaceAll('-', '').slice(-22)) =>
	({ kind: 'invite.create', room, invite: newId(), token }) as const;

async function aboutMessages({ db, world, crowd, owner, room }: Setting): Promise<void> {
	const body = worstText(crowd);
	for (let n = 1; n < LIMITS.pinsMax; n++) {
		const message = await owner.do({ kind: 'message.post', room, body: 'to be pinned' });
		await owner.do({ kind: 'message.pin', room, message, on: true });
	}
	const reply = await world.do(crowd[0]!, { kind: 'message.post', room, body });
	const files = handIn(db, owner, LIMITS.filesMax);
	const message = await world.do(
		owner,
		{ kind: 'message.post', room, body, reply, files },
		'a reply with files'
	);
	await world.do(
		crowd[0]!,
		{ kind: 'message.post', room, body: '', forward: message },
		'passed on'
	);
	await world.do(owner, { kind: 'message.edit', room, message, body: `${body.slice(0, -1)}!` });
	fillReactions(db, message);
	await world.do(owner, { kind: 'message.react', room, message, emoji: EMOJI[0]!, on: true });
	await world.do(owner, { kind: 'message.pin', room, message, on: true });
	await world.do(crowd[0]!, { kind: 'read.mark', room, upto: 100 });
	await world.do(owner, { kind: 'draft.save', room, body, base: 0 });
	const other = body.toUpperCase();
	await world.do(owner, { kind: 'draft.save', room, body: other, base: 0 }, 'beside another text');
	const reported = { room, message: reply, reason: 'r'.repeat(LIMITS.reasonMax), seen: 0 };
	await world.do(owner, { kind: 'message.report', ...reported });
	await world.do(owner, { kind: 'message.recall', room, message });
}

async function aboutOneself({ world, owner }: Setting): Promise<void> {
	await fillPrefs(owner);
	const value = 'y'.repeat(LIMITS.prefMax);
	await world.do(owner, { kind: 'pref.set', key: 'level:0', value });
	const bio = 'b'.repeat(LIMITS.bioMax);
	const display = 'd'.repeat(LIMITS.displayMax);
	await world.do(owner, { kind: 'profile.edit', name: 'owner2', display, bio });
	const image = Buffer.alloc(LIMITS.avatarBytes, 7).toString('base64');
	await world.do(owner, { kind: 'profile.avatar', image });
}

async function aboutPeople({ world, owner, member, guest }: Setting): Promise<void> {
	const [a, b] = [owner.person, guest.person];
	await world.do(guest, { kind: 'friend.ask', name: 'owner2' });
	await world.do(owner, { kind: 'friend.reject', person: b });
	await guest.do({ kind: 'friend.ask', person: a });
	await world.do(guest, { kind: 'friend.cancel', person: a });
	await guest.do({ kind: 'friend.ask', person: a });
	await world.do(owner, { kind: 'friend.accept', person: b });
	await world.do(owner, { kind: 'friend.remove', person: b });
	await world.do(owner, { kind: 'direct.open', room: directId(a, b), person: b });
	await world.do(owner, { kind: 'person.block', person: member.person });
	await world.do(owner, { kind: 'person.unblock', person: member.person });
}

async function aboutMembers({ world, crowd, owner, member, guest, room }: Setting): Promise<void> {
	const { person } = member;
	await world.do(owner, { kind: 'member.mute', room, person, for: 60_000 });
	await world.do(owner, { kind: 'member.role', room, person, role: 'admin' });
	await world.do(owner, { kind: 'member.role', room, person, role: 'member' }, 'back');
	await world.do(owner, { kind: 'member.remove', room, person, ban: true });
	await world.do(owner, { kind: 'member.unban', room, person });
	const link = invitation(room);
	await world.do(owner, { ...link, uses: 10 });
	await world.do(guest, { kind: 'room.join', room, invite: link.token });
	await world.do(guest, { kind: 'room.leave', room });
	await world.do(owner, { kind: 'invite.revoke', room, invite: link.invite });
	await world.do(owner, { kind: 'invite.revoke', room }, 'all of the room');
	await world.do(owner, { kind: 'room.hand-over', room, person: crowd[0]!.person });
	await crowd[0]!.do({ kind: 'room.hand-over', room, person: owner.person });
}

async function aboutRooms({ world, crowd, owner, member, room }: Setting): Promise<void> {
	const name = 'n'.repeat(LIMITS.roomNameMax);
	const description = 'd'.repeat(LIMITS.roomDescriptionMax);
	const small = newId();
	await world.do(member, { kind: 'room.create', room: small, name, description });
	const renamed = { name: name.replace('n', 'm'), description: description.replace('d', 'e') };
	await world.do(owner, { kind: 'room.edit', room, ...renamed, password: 'secret word' });
	await world.do(owner, { kind: 'room.edit', room, password: 'another', expel: true }, 'expelling');
	for (const one of crowd) await one.do({ kind: 'room.join', room, password: 'another' });
	await world.do(owner, { kind: 'room.leave', room }, 'by the owner');
	for (const one of crowd) await one.act({ kind: 'room.join', room: small });
	await world.do(member, { kind: 'room.delete', room: small });
}
