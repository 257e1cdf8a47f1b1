/** What is read around the messages of a window: whom they answer, who has read them, who wrote them. */
import type { Card, MessageRow, SeenRow } from '../protocol/change.ts';
import type { MessageId, PersonId, RoomId } from '../protocol/ids.ts';
import { nameKey } from '../protocol/name-key.ts';
import type { Quote, Reader } from '../read-model/views.ts';
import type { OutboxRow } from '../sync/ports.ts';
import type { Cache } from './cache.ts';

/** The conversation that is shown, and to whom. */
interface Conversation {
	cache: Cache;
	room: RoomId;
	me: PersonId;
}

/** The messages that those on screen answer or pass on and that are not among them. */
export async function readQuoted(
	{ cache, room }: Conversation,
	rows: MessageRow[],
	unsent: OutboxRow[]
): Promise<Map<MessageId, MessageRow>> {
	const here = new Set(rows.map((row) => row.id));
	const wanted = new Set<MessageId>();
	for (const { reply } of rows) if (reply !== undefined) wanted.add(reply);
	const passedOn = new Set<MessageId>();
	for (const { act } of unsent) {
		if ('reply' in act && act.reply !== undefined) wanted.add(act.reply);
		if ('forward' in act && act.forward !== undefined) passedOn.add(act.forward);
	}
	const outside = [...wanted].filter((id) => !here.has(id));
	const found = await Promise.all([...outside, ...passedOn].map((id) => cache.message(id)));
	// An answer to a message of another room shows nothing of it.
	return new Map(
		found.flatMap((row) =>
			row && (row.room === room || passedOn.has(row.id)) ? [[row.id, row]] : []
		)
	);
}

/** How far the others have read. Whoever says something has read what stands above it. */
export function readersOf(
	seen: readonly SeenRow[],
	rows: readonly MessageRow[],
	cards: ReadonlyMap<PersonId, Card>
): Reader[] {
	return seen.flatMap(({ id, upto }) => {
		const card = cards.get(id);
		const said = rows.findLast((row) => row.author === id)?.seq ?? 0;
		return card ? [{ card, upto: Math.max(upto, said) }] : [];
	});
}

/** Who can be mentioned: key of the name -> person. Read only when an unsent text may do so. */
export async function readMentionable(
	{ cache, room }: Conversation,
	unsent: OutboxRow[]
): Promise<Map<string, PersonId>> {
	if (!unsent.some(({ act }) => 'body' in act && act.body.includes('@'))) return new Map();
	const members = (await cache.members(room)).filter((row) => row.state === 'in');
	return new Map(members.map(({ id, card }) => [nameKey(card.name), id]));
}

/** Unsent messages that arrived although the answer got lost; only those once sent can have. */
export async function readArrived(
	{ cache }: Conversation,
	unsent: OutboxRow[],
	rows: MessageRow[]
): Promise<Set<string>> {
	const here = new Set(rows.map((row) => row.id));
	const doubtful = unsent.filter(
		(row) => row.act.kind === 'message.post' && row.tries > 0 && !here.has(row.id)
	);
	const found = await Promise.all(doubtful.map((row) => cache.message(row.id)));
	return new Set(found.flatMap((row) => row?.id ?? []));
}

/** A message in short, for answering it; "absent", and no row, when it is not on this device. */
export async function readQuote(
	{ cache, room, me }: Conversation,
	id: MessageId
): Promise<{ quote: Quote; row: MessageRow | null }> {
	const row = await cache.message(id);
	if (row?.room !== room) {
		const quote = { id, seq: null, author: null, mine: false, body: '', files: [] };
		return { quote: { ...quote, state: 'absent' }, row: null };
	}
	const [author] = await cache.cards([row.author]);
	const { seq, body, files = [] } = row;
	const state = row.deleted ? 'recalled' : 'held';
	const mine = row.author === me;
	return { quote: { id, seq, state, author: author ?? null, mine, body, files }, row };
}

/** The cards of all who were seen in a window so far. */
export class SeenCards {
	/** person -> card, as read last */
	readonly byPerson = new Map<PersonId, Card>();
	private readonly cache: Pick<Cache, 'cards'>;
	private readonly me: PersonId;

	constructor(cache: Pick<Cache, 'cards'>, me: PersonId) {
		this.cache = cache;
		this.me = me;
	}

	/** Reads the cards of those seen so far again; a name may have changed. */
	async refresh(): Promise<void> {
		await this.read([this.me, ...this.byPerson.keys()]);
	}

	/** Reads the cards of those not seen before: of these people, and of those in these messages. */
	async add(rows: Iterable<MessageRow>, others: readonly PersonId[] = []): Promise<void> {
		const named = [...rows].flatMap((row) => [row.author, row.system?.person ?? row.author]);
		const people = [...named, ...others];
		const unseen = new Set(people.filter((person) => !this.byPerson.has(person)));
		if (unseen.size > 0) await this.read([...unseen]);
	}

	private async read(people: PersonId[]): Promise<void> {
		for (const card of await this.cache.cards(people)) this.byPerson.set(card.id, card);
	}
}
