/** Looks for messages in the index: the latest first, one by one, until there are enough or the time is up. */
import type Database from 'better-sqlite3';
import { foldedAgain } from '../../src/lib/search/fold.ts';
import { matchesFolded } from '../../src/lib/search/match.ts';
import { isEmptyQuery, parseQuery } from '../../src/lib/search/query.ts';
import type { Hit, Hits, SearchQuestion } from '../domain/search-port.ts';
import { ftsExpression, signsIn } from './fts-expression.ts';

/**
 * Messages that one statement goes through: between two, the time is looked at, however little they find. Each
 * statement collects anew what begins with the last letters, so they grow; looking through texts gains nothing by that.
 */
const WINDOW = 50_000;
const WINDOW_MAX = 400_000;
const TEXTS_WINDOW = 20_000;
/** Numbers that are gone through at most without a look at the time, where the person may see nothing. */
const UNSEEN_STRETCH = 1_000;

interface Candidate extends Hit {
	room: number;
	seq: number;
	at: number;
}

const CANDIDATE = 'e.number, e.rev, e.room, e.seq, e.at';

const prepare = (db: Database.Database) => ({
	byTerms: db.prepare<[string, number, number, string], Candidate>(
		`SELECT ${CANDIDATE} FROM term t CROSS JOIN entry e ON e.number = t.rowid
		WHERE t.term MATCH ? AND t.rowid > ? AND t.rowid <= ? AND instr(e.text, ?) > 0
		ORDER BY t.rowid DESC`
	),
	all: db.prepare<[number, number, string], Candidate>(
		`SELECT ${CANDIDATE} FROM entry e WHERE e.number > ? AND e.number <= ? AND instr(e.text, ?) > 0
		ORDER BY e.number DESC`
	),
	text: db.prepare<[number], string>('SELECT text FROM entry WHERE number = ?').pluck()
});

export type FindStatements = ReturnType<typeof prepare>;
export const prepareFind = prepare;

/** What is in the index: messages with `low < number <= high`. */
export interface IndexedRange {
	low: number;
	high: number;
}

/** Says of a message that the index proposes whether the person may see it, and whether it is what is wanted. */
function createChecks(statements: FindStatements, question: SearchQuestion) {
	const { after = 0, before = Infinity } = question;
	const visibleFrom = new Map(question.rooms.map(({ room, from }) => [room, from]));
	const query = parseQuery(question.query);
	const isAny = isEmptyQuery(query);
	return {
		isVisible: ({ room, seq }: Candidate): boolean => seq >= (visibleFrom.get(room) ?? Infinity),
		isWanted: ({ number, at }: Candidate): boolean =>
			at >= after &&
			at < before &&
			(isAny || matchesFolded(foldedAgain(statements.text.get(number)!), query))
	};
}

/** What the index proposes, the latest first. */
function createCandidates({ byTerms, all }: FindStatements, question: SearchQuestion) {
	const expression = ftsExpression(question);
	const signs = signsIn(parseQuery(question.query));
	return {
		/** whether texts have to be looked through for it */
		areTexts: expression === null || signs !== '',
		window: ({ low, high }: IndexedRange): Iterable<Candidate> =>
			expression === null
				? all.iterate(low, high, signs)
				: byTerms.iterate(expression, low, high, signs)
	};
}

/** Cuts messages with `low < number < below` into stretches, the latest first. */
export function* windowsOf(low: number, below: number, areTexts: boolean): Generator<IndexedRange> {
	let size = areTexts ? TEXTS_WINDOW : WINDOW;
	let high = below - 1;
	while (high > low) {
		const from = Math.max(low, high - size);
		yield { low: from, high };
		high = from;
		if (!areTexts) size = Math.min(2 * size, WINDOW_MAX);
	}
}

const roundAbove = (number: number): number =>
	(Math.floor(number / UNSEEN_STRETCH) + 1) * UNSEEN_STRETCH;

/**
 * Looks for messages. Where to go on is told by the number of a message that the person may see, or by a round one:
 * any other would say of a message that it is there (promise 11).
 * @param isOver whether the time is up
 */
export function findEntries(
	statements: FindStatements,
	question: SearchQuestion,
	{ low, high }: IndexedRange,
	isOver: () => boolean
): Omit<Hits, 'took'> {
	const candidates = createCandidates(statements, question);
	const { isVisible, isWanted } = createChecks(statements, question);
	const below = Math.min(question.below ?? Infinity, high + 1);
	const hits: Hit[] = [];
	/** everything from this number on has been looked at */
	let seen = below;
	for (const window of windowsOf(low, below, candidates.areTexts)) {
		if (isOver()) return { hits, next: window.high + 1, complete: false };
		for (const candidate of candidates.window(window)) {
			const mayTell = isVisible(candidate);
			const end = mayTell ? candidate.number : roundAbove(candidate.number);
			if (!mayTell && end >= seen) continue;
			seen = end;
			if (mayTell && isWanted(candidate)) {
				if (hits.length === question.limit) {
					return { hits, next: hits.at(-1)!.number, complete: true };
				}
				hits.push({ number: candidate.number, rev: candidate.rev });
			}
			if (isOver()) return { hits, next: seen, complete: false };
		}
	}
	return { hits, next: low > 0 ? low + 1 : null, complete: low === 0 };
}
