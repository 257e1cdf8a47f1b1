/** Effects on people: contacts, preferences, invite links, profiles. */
import type Database from 'better-sqlite3';
import { nameKey } from '../../../src/lib/protocol/names.ts';
import type { Picture } from '../../domain/people-port.ts';
import { append, showInFeed, type Do, type Doing } from './doing.ts';
import type { createRoomEffects } from './effects-room.ts';
import {
	CARD_JSON,
	contactRow,
	inviteRow,
	prefRow,
	selfRow,
	type CardRecord,
	type ContactRecord,
	type InviteRecord,
	type PrefRecord
} from './rows.ts';

/** Where profile pictures are served (compat-api, section 3). */
const AVATARS = '/uploads/avatars/';
const ENDINGS: Record<string, string> = {
	'image/webp': '.webp',
	'image/jpeg': '.jpg',
	'image/png': '.png'
};

/** Prepares the statements once. @param chance random bytes for names of pictures */
export function createPersonEffects(
	db: Database.Database,
	rooms: ReturnType<typeof createRoomEffects>,
	chance: (count: number) => Uint8Array
) {
	const putContact = db.prepare(
		`INSERT INTO contact (person, other, rev, state, blocked, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (person, other) DO UPDATE SET rev = excluded.rev, state = excluded.state,
		blocked = excluded.blocked, at = excluded.at`
	);
	const selectContact = db.prepare<[string, string], ContactRecord>(
		`SELECT c.*, ${CARD_JSON} AS card FROM contact c JOIN person p ON p.id = c.other
		WHERE c.person = ? AND c.other = ?`
	);
	const touchContact = db.prepare('UPDATE contact SET rev = ? WHERE person = ? AND other = ?');
	const selectKnowing = db
		.prepare<[string], string>('SELECT person FROM contact WHERE other = ?')
		.pluck();
	const putPref = db.prepare<unknown[], PrefRecord>(
		`INSERT INTO pref (person, key, rev, value) VALUES (?, ?, ?, ?)
		ON CONFLICT (person, key) DO UPDATE SET rev = excluded.rev, value = excluded.value RETURNING *`
	);
	const insertInvite = db.prepare<unknown[], InviteRecord>(
		`INSERT INTO invite (id, person, room, rev, token, expires_at, uses_left, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`
	);
	const selectInvites = db.prepare<
		[string | null, string, string | null],
		InviteRecord & { person: string }
	>('SELECT * FROM invite WHERE (id = ? OR (room = ? AND ? IS NULL)) AND revoked = 0');
	const changeInvite = db.prepare<unknown[], InviteRecord>(
		'UPDATE invite SET rev = ?, revoked = ?, uses_left = ? WHERE id = ? RETURNING *'
	);
	const updatePerson = db.prepare<unknown[], CardRecord & { feed_rev: number }>(
		`UPDATE person SET feed_rev = @rev, card_version = card_version + 1,
		name = coalesce(@name, name), name_key = coalesce(@key, name_key),
		display = CASE WHEN @setsDisplay THEN @display ELSE display END,
		bio = CASE WHEN @setsBio THEN @bio ELSE bio END,
		avatar = CASE WHEN @setsAvatar THEN @avatar ELSE avatar END
		WHERE id = @person RETURNING *`
	);
	const erasePerson = db.prepare<unknown[], CardRecord & { feed_rev: number }>(
		`UPDATE person SET feed_rev = ?, card_version = card_version + 1, name = ?, name_key = ?,
		email = ?, email_key = ?, password_hash = '', display = NULL, bio = NULL, avatar = NULL,
		admin = 0, disabled_at = ?, deleted_at = ?, seen_at = NULL WHERE id = ? RETURNING *`
	);
	const selectRooms = db
		.prepare<[string], string>(
			`SELECT s.room FROM span s JOIN room r ON r.id = s.room
			WHERE s.person = ? AND r.deleted_at IS NULL`
		)
		.pluck();
	const setSpanRev = db.prepare('UPDATE span SET rev = ? WHERE room = ? AND person = ?');
	const insertAvatar = db.prepare(
		'INSERT INTO avatar (name, person, type, bytes, at) VALUES (?, ?, ?, ?, ?)'
	);
	const dropAvatars = db.prepare('DELETE FROM avatar WHERE person = ?');
	const dropDrafts = db.prepare('DELETE FROM draft WHERE person = ?');
	const dropProfile = db.prepare('DELETE FROM profile WHERE person = ?');
	const dropPrefs = db.prepare('DELETE FROM pref WHERE person = ?');

	function showContact(doing: Doing, person: string, other: string): void {
		showInFeed(doing, person, contactRow(selectContact.get(person, other)!));
	}

	/**
	 * A changed card is told wherever the person is known, also in rooms that were left: what was said
	 * there has one name on all devices (promise 7), and none once the account is gone.
	 */
	function tellCard(doing: Doing, person: string): void {
		for (const room of selectRooms.all(person) as string[]) {
			rooms.showCard(doing, room, person, (rev) => setSpanRev.run(rev, room, person));
		}
		for (const other of selectKnowing.all(person) as string[]) {
			const { seq } = append(doing, other, 'contact', person);
			touchContact.run(seq, other, person);
			showContact(doing, other, person);
		}
	}

	/** Only the newest picture is kept; its address is new each time, so that it may be cached for ever. */
	function keepPicture(doing: Doing, person: string, picture: Picture | null): string | null {
		dropAvatars.run(person);
		if (!picture) return null;
		const name = Buffer.from(chance(16)).toString('hex') + (ENDINGS[picture.type] ?? '');
		insertAvatar.run(name, person, picture.type, picture.bytes, doing.now);
		return AVATARS + name;
	}

	function reviseInvite(
		doing: Doing,
		invite: InviteRecord & { person: string },
		revoked: boolean,
		left: number | null
	): void {
		const { seq } = append(doing, invite.person, 'invite', invite.id);
		const record = changeInvite.get(seq, revoked ? 1 : 0, left, invite.id)!;
		showInFeed(doing, invite.person, inviteRow(record));
	}

	return {
		contact(doing: Doing, { person, other, state, blocked }: Do<'contact'>): void {
			const { seq, ts } = append(doing, person, 'contact', other);
			putContact.run(person, other, seq, state, blocked ? 1 : 0, ts);
			showContact(doing, person, other);
		},
		pref(doing: Doing, { person, key, value }: Do<'pref'>): void {
			const { seq } = append(doing, person, 'pref', key);
			showInFeed(doing, person, prefRow(putPref.get(person, key, seq, value)!));
		},
		invite(doing: Doing, { id, room, token, expires, left }: Do<'invite.insert'>): void {
			const { seq, ts } = append(doing, doing.actor, 'invite', id);
			const record = insertInvite.get(id, doing.actor, room, seq, token, expires, left, ts)!;
			showInFeed(doing, doing.actor, inviteRow(record));
		},
		useInvite(doing: Doing, { id }: Do<'invite.use'>): void {
			for (const invite of selectInvites.all(id, '', id)) {
				if (invite.uses_left !== null) reviseInvite(doing, invite, false, invite.uses_left - 1);
			}
		},
		revokeInvites(doing: Doing, { room, id }: Do<'invite.revoke'>): void {
			for (const invite of selectInvites.all(id, room, id)) {
				reviseInvite(doing, invite, true, invite.uses_left);
			}
		},
		edit(doing: Doing, effect: Do<'person.edit'>): void {
			const { person, name, display, bio, avatar } = effect;
			const { seq } = append(doing, person, 'self', person);
			const record = updatePerson.get({
				...{ rev: seq, person, name: name ?? null, key: name === undefined ? null : nameKey(name) },
				...{ setsDisplay: display === undefined ? 0 : 1, display: display ?? null },
				...{ setsBio: bio === undefined ? 0 : 1, bio: bio ?? null },
				setsAvatar: avatar === undefined ? 0 : 1,
				avatar: avatar === undefined ? null : keepPicture(doing, person, avatar)
			})!;
			showInFeed(doing, person, selfRow(record));
			tellCard(doing, person);
		},
		/** The name becomes one that nobody can have; "-" is in no user name. */
		erase(doing: Doing, { person }: Do<'person.delete'>): void {
			const { seq, ts } = append(doing, person, 'self', person);
			const name = `deleted-${person.slice(-6)}`;
			const key = `deleted-${person}`;
			dropAvatars.run(person);
			dropDrafts.run(person);
			dropPrefs.run(person);
			dropProfile.run(person);
			const record = erasePerson.get(seq, name, key, '', key, ts, ts, person)!;
			showInFeed(doing, person, selfRow(record));
			tellCard(doing, person);
		}
	};
}
