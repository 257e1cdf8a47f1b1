/** Calls that have not ended, and who may be called. */
import type { Callee, CallStore, OpenCall } from '../../domain/call-act.ts';
import { notBlocked } from './conditions.ts';
import type { SqlDatabase } from './database.ts';
import { standingCall } from './facts/call-facts.ts';
import type { CallRecord } from './facts/statements.ts';

type OpenCallRecord = CallRecord & { direct: number; alive: number };
type CalleeRecord = Omit<Callee, 'isFriend' | 'isBlocked'> & {
	isFriend: number;
	isBlocked: number;
};

/** A preference of the member `s`; empty when not chosen. @param key a SQL expression */
const choice = (key: string): string =>
	`coalesce((SELECT value FROM pref WHERE person = s.person AND key = ${key}), '')`;

const prepare = (db: SqlDatabase) => ({
	open: db.prepare<[], OpenCallRecord>(
		`SELECT m.id, m.room, m.author, m.at, m.note, c.alive, r.direct FROM call c
		JOIN message m ON m.id = c.id JOIN room r ON r.id = c.room ORDER BY m.id`
	),
	setAlive: db.prepare<[number, string]>(
		`UPDATE call SET alive = ? WHERE id IN ${db.dialect.texts('?')}`
	),
	callees: db.prepare<{ room: string; caller: string; limit: number }, CalleeRecord>(
		`SELECT s.person, ${choice("'level:' || s.room")} AS level, ${choice("'quiet'")} AS quiet,
		${choice("'calls-from'")} AS "callsFrom",
		CASE WHEN EXISTS (SELECT 1 FROM contact f WHERE f.person = s.person AND f.other = @caller
		AND f.state = 'friend') THEN 1 ELSE 0 END AS "isFriend",
		CASE WHEN ${notBlocked('s.person', '@caller')} THEN 0 ELSE 1 END AS "isBlocked"
		FROM membership s JOIN person p ON p.id = s.person AND p.disabled_at IS NULL
		WHERE s.room = @room AND s.to_seq IS NULL AND s.person <> @caller
		ORDER BY s.person LIMIT @limit`
	)
});

/** What is kept of calls beside the log. */
export function createCallStore(db: SqlDatabase): CallStore {
	const statements = prepare(db);
	return {
		async openCalls() {
			const found = await db.ask(() => statements.open.all());
			return found.map((record): OpenCall => ({
				...standingCall(record),
				direct: record.direct === 1,
				alive: record.alive
			}));
		},
		noteAlive: async (calls, at) =>
			void (await db.ask(() => statements.setAlive.run(at, JSON.stringify(calls)))),
		async callees(room, caller, limit) {
			const found = await db.ask(() => statements.callees.all({ room, caller, limit }));
			return found.map(({ isFriend, isBlocked, ...callee }) => ({
				...callee,
				isFriend: isFriend === 1,
				isBlocked: isBlocked === 1
			}));
		}
	};
}
