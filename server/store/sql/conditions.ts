/** Parts of SQL statements that state a rule which several statements need. Names in capitals are SQL, not values. */
import type { Dialect } from './database.ts';
import { HAS_NAME_KEY } from './person-by-name.ts';
import { CALL_JSON } from './rows.ts';

/** What a card is made of: columns of the table `person` under the alias `p`. */
const CARD = {
	id: 'p.id',
	number: 'p.number',
	name: 'p.name',
	display: 'p.display',
	bio: 'p.bio',
	avatar: 'p.avatar',
	deleted_at: 'p.deleted_at',
	card_version: 'p.card_version'
};

/** The JSON of a card, made from the table `person` under the alias `p`. */
export const cardJson = ({ json }: Dialect): string => json(CARD);

/** Memberships with their people's cards, under the alias `s`. */
export const membersWithCard = (dialect: Dialect): string =>
	`SELECT s.*, ${cardJson(dialect)} AS card FROM membership s JOIN person p ON p.id = s.person`;

/** Contacts with the cards of the other ones, under the alias `c`. */
export const contactsWithCard = (dialect: Dialect): string =>
	`SELECT c.*, ${cardJson(dialect)} AS card FROM contact c JOIN person p ON p.id = c.other`;

/** Everybody who is in a room; takes the room. */
export const PEOPLE_IN_ROOM = 'SELECT person FROM membership WHERE room = ? AND to_seq IS NULL';

/** Every room that a person is in; takes the person. */
export const ROOMS_OF_PERSON = 'SELECT room FROM membership WHERE person = ? AND to_seq IS NULL';

/** A message under the alias `m` that somebody said and that was not recalled: only such count as unread. Rows: `isSaid`. */
export const IS_SAID = `m.deleted_at IS NULL AND (m.type IS NULL OR m.type <> 'system')`;

/** A message `m` that is a call: the one kind of system message that the compatible API shows. */
export const IS_CALL = `m.note LIKE '${CALL_JSON}%'`;

/** A message `m` that is a call which somebody missed. Rows: `isMissed`. Other notes begin with another field. */
const IS_MISSED_CALL = `m.note LIKE '${CALL_JSON}%"end":"missed"%' OR m.note LIKE '${CALL_JSON}%"end":"cancelled"%'`;

/** A message `m` that the person of the membership `s` has not read. Devices count alike: `isCounted`. */
export const IS_UNREAD = `m.seq > s.read AND m.author <> s.person AND (${IS_SAID} OR ${IS_MISSED_CALL})`;

/** A person who can sign in and be found. */
export const IS_ACTIVE = 'deleted_at IS NULL AND disabled_at IS NULL';

/** People of a user name who can sign in and be found; takes both keys of the name (`personByName`). */
export const ACTIVE_BY_NAME = `SELECT * FROM person WHERE ${HAS_NAME_KEY} AND ${IS_ACTIVE}`;

/** Everybody between whom and a person there is a block, whoever made it; takes the person twice. */
export const BLOCKED_WITH = `SELECT other FROM contact WHERE person = ? AND blocked = 1
	UNION SELECT person FROM contact WHERE other = ? AND blocked = 1`;

/** Whether there is no block between two people, given as SQL expressions. */
export const notBlocked = (a: string, b: string): string =>
	`NOT EXISTS (SELECT 1 FROM contact c WHERE c.blocked = 1
	AND ((c.person = ${a} AND c.other = ${b}) OR (c.person = ${b} AND c.other = ${a})))`;
