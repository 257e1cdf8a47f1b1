/** What FTS5 is asked: few terms, and those that leave the least to look at. */
import { expect, test } from 'vitest';
import { ftsExpression } from '../../server/search/fts-expression.ts';

/** Rooms beyond which the expression does not name them. */
const rooms = Array.from({ length: 101 }, (_, room) => ({ room, from: 1 }));

test.each([
	['ab cd ef gh ij kl mn op qr st uv wx', '"ab" * AND "cd" * AND "ef" *'],
	['ab cd hello ef', '"hello" * AND "ab" * AND "cd" *'],
	['hello a 数据库', '"数据" AND "据库" AND "a" * AND "hello" *'],
	['a '.repeat(12) + 'b c', '"a" * AND "b" * AND "c" *'],
	[
		'一二三四五六七八九十百千万亿',
		'"一二" AND "二三" AND "三四" AND "四五" AND "五六" AND "六七" AND "七八" AND "八九" AND "九十" AND "十百" AND "百千" AND "千万"'
	]
])('of %j the most selective terms, and no more of them (promise 17)', (query, expression) => {
	expect(ftsExpression({ query, rooms, limit: 1 })).toBe(expression);
});
