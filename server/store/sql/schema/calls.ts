/** Calls that have not ended: what else there is to know of one stands in its message. */
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const call = sqliteTable(
	'call',
	{
		/** id of its message */
		id: text('id').primaryKey(),
		room: text('room').notNull(),
		/** when somebody was known to be in it, ms: if the server goes away, it ended then */
		alive: integer('alive').notNull()
	},
	(t) => [uniqueIndex('call_room').on(t.room)]
);
