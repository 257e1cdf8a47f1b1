/** Effects on accounts: what somebody is called and looks like, and the end of it. */
import { nameKey } from '../../../../src/lib/protocol/name-key.ts';
import type { Picture } from '../../../domain/people-port.ts';
import type { PersonRecord } from '../records.ts';
import { selfRow } from '../rows.ts';
import { showCardToContacts } from './contact-effects.ts';
import { showCardInRooms } from './membership-effects.ts';
import type { Steps } from '../steps.ts';
import { append, showInFeed, type EffectOf, type WriteContext } from './write-context.ts';

/** Where profile pictures are served (compat-api, section 3). */
const AVATARS = '/uploads/avatars/';
const ENDINGS: Record<string, string> = {
	'image/webp': '.webp',
	'image/jpeg': '.jpg',
	'image/png': '.png'
};

/** A changed card is shown wherever its person is known. */
function* showCard(context: WriteContext, record: PersonRecord): Steps<void> {
	showInFeed(context, record.id, selfRow(record));
	yield* showCardInRooms(context, record.id);
	yield* showCardToContacts(context, record.id);
}

/** Only the newest picture is kept; its address is new each time, so that it may be cached for ever. */
function* replacePicture(
	{ statements, randomBytes, now }: WriteContext,
	person: string,
	picture: Picture | null
): Steps<string | null> {
	yield* statements.people.dropAvatars.run(person);
	if (!picture) return null;
	const name = Buffer.from(randomBytes(16)).toString('hex') + (ENDINGS[picture.type] ?? '');
	yield* statements.people.insertAvatar.run(name, person, picture.type, picture.bytes, now);
	return AVATARS + name;
}

export function* editPerson(context: WriteContext, effect: EffectOf<'person.edit'>): Steps<void> {
	const { person, name, display, bio, avatar } = effect;
	const { seq } = yield* append(context, person, 'self', person);
	const record = (yield* context.statements.people.update.get({
		rev: seq,
		person,
		name: name ?? null,
		nameKey: name === undefined ? null : nameKey(name),
		setsDisplay: display === undefined ? 0 : 1,
		display: display ?? null,
		setsBio: bio === undefined ? 0 : 1,
		bio: bio ?? null,
		setsAvatar: avatar === undefined ? 0 : 1,
		avatar: avatar === undefined ? null : yield* replacePicture(context, person, avatar)
	}))!;
	yield* showCard(context, record);
}

/** The name becomes one that nobody can have; "-" is in no user name. */
export function* erasePerson(
	context: WriteContext,
	{ person }: EffectOf<'person.delete'>
): Steps<void> {
	const { people, drafts, prefs } = context.statements;
	const { seq, ts } = yield* append(context, person, 'self', person);
	yield* people.dropAvatars.run(person);
	yield* people.dropProfile.run(person);
	yield* drafts.dropAll.run(person);
	yield* prefs.dropAll.run(person);
	const name = `deleted-${person.slice(-6)}`;
	const key = `deleted-${person}`;
	const record = (yield* people.erase.get({ rev: seq, person, name, key, at: ts }))!;
	yield* showCard(context, record);
}
