/** What a node reads of what others have committed. */
import { DIRECTORY } from '../../../src/lib/protocol/ids.ts';
import type { NodeReads } from '../../nodes/ports.ts';
import { PEOPLE_IN_ROOM, ROOMS_OF_PERSON } from '../sql/conditions.ts';
import { since } from '../sql/reads/since.ts';
import { prepareReads } from '../sql/reads/statements.ts';
import type { StreamKind } from '../sql/reads/streams.ts';
import type { RoomCaches } from '../sql/room-caches.ts';
import { eachOf } from '../sql/steps.ts';
import type { PostgresDatabase } from './database.ts';
import type { Instance } from './open.ts';

interface HeadRecord {
	id: string;
	head: number;
}

const prepare = (db: PostgresDatabase) => ({
	kind: db.prepare<[string], { kind: StreamKind; head: number; head_hash: string; floor: number }>(
		'SELECT kind, head, head_hash, floor FROM stream WHERE id = ?'
	),
	among: db.pluck<[string, string], string>(
		`${PEOPLE_IN_ROOM} AND person IN ${db.dialect.texts('?')}`
	),
	moved: db.prepare<[string], HeadRecord>(
		`SELECT s.id, s.head FROM json_each_text(CAST(? AS json)) known JOIN stream s ON s.id = known.key
		WHERE s.head > CAST(known.value AS bigint)`
	),
	heads: db.prepare<[string, string, string], HeadRecord>(
		`SELECT id, head FROM stream WHERE id IN (?, ?) OR id IN (${ROOMS_OF_PERSON})`
	)
});

export function createNodeReads(
	db: PostgresDatabase,
	rooms: RoomCaches,
	{ id, generation }: Instance
): NodeReads {
	const { kind, among, moved, heads } = prepare(db);
	const statements = prepareReads(db);
	const instance = { i: id, g: generation };
	return {
		async moved(known) {
			if (known.size === 0) return new Map();
			const asked = JSON.stringify(Object.fromEntries(known));
			const found = await db.ask(() => moved.all(asked));
			return new Map(found.map((record) => [record.id, record.head]));
		},
		since: (streams) =>
			db.read(() => {
				const context = { statements, rooms: rooms(), instance, kind, among };
				return eachOf(streams, (stream) => since(context, stream));
			}),
		among: (room, people) => db.ask(() => among.all(room, JSON.stringify(people))),
		async heads(person) {
			const found = await db.ask(() => heads.all(person, DIRECTORY, person));
			return found.map((record) => ({ stream: record.id, head: record.head }));
		}
	};
}
