/**
 * Rows as SQLite returns them. The types come from the schema, so that a column has its name and type in
 * one place: names as in the database, and booleans as 0 and 1 (see docs/decisions/0015-drizzle.md).
 */
import type { Table } from 'drizzle-orm';
import type { actResult } from './schema/log.ts';
import type { file, message } from './schema/messages.ts';
import type { contact, pref, person, profile } from './schema/people.ts';
import type { draft, invite, joined, membership, room } from './schema/rooms.ts';

type Columns<T extends Table> = T['_']['columns'];
type Stored<Data> = Data extends boolean ? number : Data;

/** The record of a whole row. */
export type RecordOf<T extends Table> = {
	[K in keyof Columns<T> as Columns<T>[K]['_']['name']]:
		| Stored<Columns<T>[K]['_']['data']>
		| (Columns<T>[K]['_']['notNull'] extends true ? never : null);
};

export type ActResultRecord = RecordOf<typeof actResult>;
export type MessageRecord = RecordOf<typeof message>;
export type FileRecord = RecordOf<typeof file>;
export type RoomRecord = RecordOf<typeof room>;
export type MembershipRecord = RecordOf<typeof membership>;
export type PersonRecord = RecordOf<typeof person>;
export type InviteRecord = RecordOf<typeof invite>;
export type DraftRecord = RecordOf<typeof draft>;
export type PrefRecord = RecordOf<typeof pref>;
export type ProfileRecord = RecordOf<typeof profile>;
export type JoinedRecord = RecordOf<typeof joined>;

/** What a card is made of. */
export type CardRecord = Pick<
	PersonRecord,
	'id' | 'number' | 'name' | 'display' | 'bio' | 'avatar' | 'deleted_at' | 'card_version'
>;
/** A membership with the card of its person, as JSON. */
export type MemberRecord = MembershipRecord & { card: string };
/** What somebody is to a person, with the card of that somebody, as JSON. */
export type ContactRecord = Omit<RecordOf<typeof contact>, 'person'> & { card: string };
