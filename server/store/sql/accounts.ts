/** What is written besides acts: the first room, and new accounts. */
import type { SqlDatabase } from './database.ts';
import { DIRECTORY, uuid7 } from '../../../src/lib/protocol/ids.ts';
import { nameKeys, roomNameKey } from '../../../src/lib/protocol/name-key.ts';
import type { Registration } from '../../../src/lib/protocol/server-view.ts';
import type { Store, Taken } from '../../domain/store-port.ts';
import { isInviteValid } from '../../domain/access.ts';
import { invitedEntry } from '../../domain/decide-room.ts';
import { inviteByToken } from './facts/own-facts.ts';
import type { FactStatements } from './facts/statements.ts';
import { HAS_NAME_KEY, personByName } from './person-by-name.ts';
import type { PersonRecord } from './records.ts';
import { REGISTRATION } from './server-settings.ts';
import type { Steps } from './steps.ts';
import type { Transaction, Writer } from './writer.ts';

/** Before the id, in the place of an e-mail: a guest whom an import has made. No e-mail is like it. */
export const GUEST_KEY = 'guest-';

const prepare = (db: SqlDatabase) => ({
	roomNamed: db.pluck<[string], string>('SELECT id FROM room WHERE name_key = ?'),
	hasStream: db.prepare<[string], unknown>('SELECT 1 FROM stream WHERE id = ?'),
	// Guests who came with an import are not the first: whoever registers first runs the server. Once somebody has, it is
	// the oldest or the newest, unless guests came before and after; only then, or when there is nobody, all are looked at.
	hasPeopleAtAnEnd: db.prepare<[], unknown>(
		`SELECT 1 FROM person WHERE number IN ((SELECT min(number) FROM person), (SELECT max(number) FROM person))
		AND email_key <> '${GUEST_KEY}' || id LIMIT 1`
	),
	hasPeople: db.prepare<[], unknown>(
		`SELECT 1 FROM person WHERE email_key <> '${GUEST_KEY}' || id LIMIT 1`
	),
	registration: db.pluck<[], Registration>(REGISTRATION),
	hasName: db.prepare<[string], unknown>('SELECT 1 FROM person WHERE name_key = ?'),
	hasEmail: db.prepare<[string], unknown>('SELECT 1 FROM person WHERE email_key = ?'),
	insertPerson: db.prepare(
		`INSERT INTO person (id, name, name_key, email, email_key, password_hash, admin, created_at)
		VALUES (@id, @name, @nameKey, @email, @emailKey, @passwordHash, @admin, @now)`
	),
	byName: db.prepare<[string, string], PersonRecord>(`SELECT * FROM person WHERE ${HAS_NAME_KEY}`),
	byEmail: db.prepare<[string], PersonRecord>('SELECT * FROM person WHERE email_key = ?')
});

/** What writing accounts works with. */
interface AccountContext {
	statements: ReturnType<typeof prepare>;
	facts: FactStatements;
	writer: Writer;
	/** the database's own id: it owns the first room */
	instance: string;
	randomBytes: (count: number) => Uint8Array;
}

/** The part of the store that is about accounts. */
export function createAccountStore(
	db: SqlDatabase,
	parts: Omit<AccountContext, 'statements'>
): Pick<Store, 'ensureRoom' | 'register' | 'credentials'> {
	const context: AccountContext = { ...parts, statements: prepare(db) };
	const { statements, writer } = context;
	return {
		async ensureRoom(name, description, now) {
			const { value } = await writer.transact(now, (transaction) =>
				firstRoom(context, transaction, name, description)
			);
			return value;
		},
		async register(person, room, now) {
			const { value, membershipChanges, frames } = await writer.transact(now, (transaction) =>
				insertAdmitted(context, transaction, person, room)
			);
			if (value.taken) return { taken: value.taken };
			return { committed: { outcomes: [], membershipChanges, frames } };
		},
		async credentials(key) {
			const found = await db.ask(() =>
				'name' in key
					? personByName(statements.byName, key.name)
					: statements.byEmail.get(key.emailKey)
			);
			if (!found) return null;
			const { id, password_hash: passwordHash, disabled_at } = found;
			return { person: id, passwordHash, disabled: disabled_at !== null };
		}
	};
}

function* firstRoom(
	{ statements, instance, randomBytes }: AccountContext,
	transaction: Transaction,
	name: string,
	description: string
): Steps<string> {
	if (!(yield* statements.hasStream.get(DIRECTORY)))
		yield* transaction.log.create(DIRECTORY, 'directory');
	yield* transaction.log.lock([DIRECTORY]);
	const known = yield* statements.roomNamed.get(roomNameKey(name));
	if (known !== undefined) return known;
	const room = uuid7(transaction.now, randomBytes(10));
	yield* transaction.carryOut({ actor: instance, act: room, digest: '' }, [
		{ do: 'room.insert', room, name, description, passwordHash: null }
	]);
	return room;
}

/**
 * An account, if people are let in: asked where it is made, so that none comes in after the door was closed. Administrators
 * hold the directory while they close it, and of two who come first to a new server only one finds it empty.
 */
function* insertAdmitted(
	context: AccountContext,
	transaction: Transaction,
	person: Parameters<Store['register']>[0],
	firstRoom: string
): Steps<{ taken: Taken | null }> {
	const { invite } = person;
	yield* transaction.log.lock([DIRECTORY, firstRoom, ...(invite ? [invite.room] : [])]);
	const who = (yield* context.statements.registration.get()) ?? 'open';
	if (who === 'closed') return { taken: 'closed' };
	if (who === 'open') return yield* insertPerson(context, transaction, person, firstRoom);
	if (!invite) return { taken: 'uninvited' };
	return yield* insertInvited(context, transaction, { ...person, invite }, firstRoom);
}

/** An account that comes by an invite link: it uses it, and has a place in its room. */
function* insertInvited(
	context: AccountContext,
	transaction: Transaction,
	person: Parameters<Store['register']>[0] & { invite: object },
	firstRoom: string
): Steps<{ taken: 'name' | 'email' | 'invite' | null }> {
	const { invite: brought, id } = person;
	const { rooms, now } = transaction;
	const room = yield* rooms.room(brought.room);
	const invite = yield* inviteByToken({ statements: context.facts, rooms }, brought.token);
	if (!room || !invite || !isInviteValid(invite, room, now)) return { taken: 'invite' };
	const made = yield* insertPerson(context, transaction, person, firstRoom);
	if (made.taken) return made;
	const effects = invitedEntry(room, invite, id).filter(
		(effect) => effect.do === 'invite.use' || room.id !== firstRoom
	);
	yield* transaction.carryOut({ actor: id, act: id, digest: '' }, effects);
	return made;
}

/** An account with its feed and its place in the first room; or what of it another account has. */
function* insertPerson(
	{ statements }: AccountContext,
	transaction: Transaction,
	person: Parameters<Store['register']>[0],
	room: string
): Steps<{ taken: 'name' | 'email' | null }> {
	const { id, name, emailKey } = person;
	for (const key of nameKeys(name)) {
		if (yield* statements.hasName.get(key)) return { taken: 'name' };
	}
	if (yield* statements.hasEmail.get(emailKey)) return { taken: 'email' };
	const isFirst =
		!(yield* statements.hasPeopleAtAnEnd.get()) && !(yield* statements.hasPeople.get());
	const { invite: _invite, ...record } = person;
	yield* statements.insertPerson.run({ ...record, admin: isFirst ? 1 : 0, now: transaction.now });
	yield* transaction.log.create(id, 'feed');
	yield* transaction.carryOut({ actor: id, act: id, digest: '' }, [
		{ do: 'membership.open', room, person: id, role: isFirst ? 'owner' : 'member' }
	]);
	return { taken: null };
}
