/** What the index for searching asks of the main database, as both kinds of database understand it. */
import { IS_SAID } from './conditions.ts';

/**
 * Messages that can be found: said by somebody. Also in rooms that were deleted and may be restored; nobody may read there
 * until then, and a search names the rooms that may be read. A condition follows.
 */
const SEARCHABLE = `SELECT m.number, r.number AS room, r.direct, coalesce(p.number, 0) AS author,
	m.seq, m.rev, m.at, m.body, m.files, m.type
	FROM message m JOIN room r ON r.id = m.room LEFT JOIN person p ON p.id = m.author
	WHERE ${IS_SAID}`;

/**
 * Statements for the questions of `MainDatabase`; what their values are is said there.
 * @param numbers the members of a JSON array, as SQL (`Dialect.numbers`)
 */
export const searchQuestions = (numbers: (placeholder: string) => string) => ({
	between: `${SEARCHABLE} AND m.number > ? AND m.number <= ? ORDER BY m.number`,
	byNumber: `${SEARCHABLE} AND m.number IN ${numbers('?')} ORDER BY m.number`,
	last: 'SELECT max(number) FROM message',
	instance: 'SELECT id, generation FROM instance',
	// In the order of the partial index that holds exactly these.
	changed: `SELECT m.room, m.rev, m.number, CASE WHEN ${IS_SAID} THEN 1 ELSE 0 END AS said
		FROM message m WHERE m.rev <> m.seq AND (m.room, m.rev) > (?, ?) ORDER BY m.room, m.rev LIMIT ?`,
	erasedRooms: `SELECT number FROM room r WHERE deleted_at IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM message m WHERE m.room = r.id)`
});
