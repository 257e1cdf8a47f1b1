/** Every kind of answer carries the security headers, whoever wrote it. */
import { connect } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program, type Program } from '../support/compat.ts';
import { register, type Person } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let person: Person;
let bot: Program;
let upload: string;
let avatar: string;
beforeAll(async () => {
	server = await startServer();
	person = await register(server, 'tester');
	bot = await program(server);
	const side = { width: 32, height: 32, channels: 3, background: '#ad4317' } as const;
	const picture = await sharp({ create: side }).png().toBuffer();
	const send = async (path: string) => {
		const body = new FormData();
		body.set('file', new Blob([new Uint8Array(picture)]), 'picture.png');
		return (await bot.call(path, { body })).body;
	};
	upload = (await send('/api/upload/file')).file_url;
	avatar = (await send('/api/upload/avatar')).avatar_url;
});
afterAll(() => server.stop());

/** What is so everywhere: header -> value, or what it contains. */
const EVERYWHERE = {
	'content-security-policy': "frame-ancestors 'none'",
	'x-frame-options': 'DENY',
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'permissions-policy':
		'camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self)',
	'cross-origin-opener-policy': 'same-origin'
};

function problemsOf(headers: Headers, resourcePolicy: string): string[] {
	const wanted = { ...EVERYWHERE, 'cross-origin-resource-policy': resourcePolicy };
	return Object.entries(wanted)
		.filter(([name, value]) => !headers.get(name)?.includes(value))
		.map(([name]) => `${name}: ${headers.get(name)}`);
}

type Ask = () => [path: string, options?: RequestInit];
const own = (): Record<string, string> => ({ origin: server.origin, cookie: person.cookie });
const bearer = () => ({ authorization: `Bearer ${bot.token}` });
const tus = () => ({ ...own(), 'tus-resumable': '1.0.0' });

/** What is asked, its status, and who may embed the answer. */
const KINDS: readonly [what: string, status: number, policy: string, ask: Ask][] = [
	['JSON', 200, 'same-origin', () => ['/api/account', { headers: own() }]],
	['a refusal', 401, 'same-origin', () => ['/api/account/sessions']],
	['a request of another site', 403, 'same-origin', () => ['/api/account', { method: 'POST' }]],
	['an unknown path of the API', 404, 'same-origin', () => ['/api/nothing']],
	['an address that cannot be read', 400, 'same-origin', () => ['/api/account/%']],
	[
		'a method that nobody has',
		404,
		'same-origin',
		() => ['/api/health', { method: 'PROPFIND', headers: own() }]
	],
	[
		'an upload that is refused',
		400,
		'same-origin',
		() => ['/api/files/upload', { method: 'POST', headers: { ...tus(), 'upload-length': '9' } }]
	],
	['a picture of a person', 200, 'cross-origin', () => [avatar]],
	['a picture of nobody', 404, 'same-origin', () => ['/uploads/avatars/x']],
	['a page', 404, 'same-origin', () => ['/rooms']],
	['a page by an unreadable address', 404, 'same-origin', () => ['/%']],
	['polling', 200, 'same-origin', () => ['/socket.io/?EIO=4&transport=polling']],
	['a refused connection', 400, 'same-origin', () => ['/socket.io/?EIO=4&transport=no']],
	['JSON of the compatible API', 200, 'cross-origin', () => ['/api/rooms', { headers: bearer() }]],
	['an error of it', 401, 'cross-origin', () => ['/api/rooms']],
	['a method that it has not', 405, 'cross-origin', () => ['/api/rooms/', { method: 'PATCH' }]],
	['an unknown path of it', 404, 'cross-origin', () => ['/api/users/1/2/3']],
	['a preflight', 204, 'cross-origin', () => ['/api/rooms/', { method: 'OPTIONS' }]],
	['its documents', 200, 'cross-origin', () => ['/docs']],
	['a redirect', 302, 'cross-origin', () => ['/auth']],
	['an uploaded file', 200, 'cross-origin', () => [upload]],
	['no such file', 404, 'cross-origin', () => ['/uploads/images/x.png']]
];

describe('security headers', () => {
	it.each(KINDS)('are on %s', async (_what, status, policy, ask) => {
		const [path, options] = ask();
		const url = `http://127.0.0.1:${server.port}${path}`;
		const response = await fetch(url, { redirect: 'manual', ...options });
		await response.arrayBuffer();
		expect([response.status, problemsOf(response.headers, policy)]).toEqual([status, []]);
		expect(response.headers.has('strict-transport-security')).toBe(false);
	});

	it('are on what could not be parsed', async () => {
		const socket = connect(server.port, '127.0.0.1');
		let answer = '';
		socket.on('data', (data) => (answer += String(data)));
		socket.end('GET / HTTP/1.1\r\nHost: x\r\nX-A: b\rc\r\n\r\n');
		await new Promise((resolve) => socket.once('close', resolve));
		const [line, ...lines] = answer.trim().split('\r\n');
		expect(line).toBe('HTTP/1.1 400 Bad Request');
		const pairs = lines.map((header) => header.split(': ', 2) as [string, string]);
		expect(problemsOf(new Headers(pairs), 'same-origin')).toEqual([]);
	});

	it('ask for https where people come by it', async () => {
		const secure = await startServer({ ORIGIN: 'https://chat.example.org' });
		try {
			for (const path of ['/', '/api/health', '/api/rooms', '/socket.io/']) {
				const { headers } = await fetch(`http://127.0.0.1:${secure.port}${path}`);
				expect(headers.get('strict-transport-security')).toBe('max-age=63072000');
			}
		} finally {
			await secure.stop();
		}
	});
});
