/** What is found in what: the same on every store (device, SQLite, PostgreSQL). */
interface Vector {
	text: string;
	query: string;
	found: boolean;
}

const yes = (text: string, ...queries: string[]): Vector[] =>
	queries.map((query) => ({ text, query, found: true }));
const no = (text: string, ...queries: string[]): Vector[] =>
	queries.map((query) => ({ text, query, found: false }));

export const VECTORS: Vector[] = [
	// Chinese: any part, of one character or more; nothing that is not there
	...yes(
		'离线聊天室数据库连接失败',
		'离',
		'败',
		'天室',
		'数据库',
		'库连接失',
		'离线聊天室数据库连接失败'
	),
	...no('离线聊天室数据库连接失败', '天数', '室聊', '連接', '数据库 断开'),
	...yes('用Python写的脚本', '用Python', 'python写', 'Py', '写的', '本'),
	...no('用Python写的脚本', 'ython', '用写'),
	// Japanese and Korean
	...yes('カタカナとひらがなー', 'タカ', 'がなー', 'と'),
	...yes('ｶﾞｷﾞ', 'ガ', 'ガギ'),
	...yes('안녕하세요 세계', '녕하', '세계', '계'),
	...yes('안녕', '안녕'),
	// words and their beginnings, in any order
	...yes('Hello brave new World', 'hello', 'WOR', 'world hello', 'h w', '"brave new"'),
	...no('Hello brave new World', 'ello', 'orld', '"new brave"', 'hello there'),
	...yes('don’t stop', "don't", 'don’t', 'don'),
	// identifiers, inside
	...yes(
		'call getUserName(user_id)',
		'name',
		'userName',
		'user_id',
		'id',
		'GETUSER',
		'getUserName(user'
	),
	...no('call getUserName(user_id)', 'sername', 'ser_id'),
	...yes('HTTPServer2 v10.4.1', 'server', 'http', '2', '10.4', '4.1'),
	...yes('file offline_map-2026.pdf', 'map', '2026', 'pdf', 'offline_map'),
	// width, case, encoding
	...yes('Ｆｕｌｌ　Ｗｉｄｔｈ １２３', 'full', 'width 123', '23'.replace('23', '123')),
	...yes('cafe\u0301', 'café', 'cafe\u0301'),
	...no('café', 'cafe'),
	...yes('ΟΔΟΣ', 'οδος', 'ΟΔΟΣ'),
	// signs
	...yes('good 👍 job', '👍'),
	...yes('C++ and C#', 'c++', 'c#', '++'),
	...yes('真的吗？！', '？！', '吗？'),
	...yes('100% sure', '100%', '%'),
	// what a full-text engine takes for syntax is what somebody wrote
	...yes('a AND b OR "c" NEAR(d) *e ^f', 'and', 'near(d)', '*e', '^f', 'or "c"'),
	...no('plain words', 'plain OR nothing', 'plain*', 'NOT words', 'body:plain', '"plain'),
	...yes('see https://example.com/some/path?x=1', 'example.com', 'path', 'https://example.com/some')
];
