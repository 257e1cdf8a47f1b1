/** Section 1: what holds for every path. */
import { describe, expect, it } from 'vitest';
import { PROGRAM_PASSWORD, unique } from '../../support/compat.ts';
import { ask, register } from '../../support/person.ts';
import { startServer } from '../../support/server.ts';
import { server, contract, alice, as, isNo } from './shared.ts';

describe('ground rules', () => {
	it('paths work with and without a slash at their end, without a redirect (1.2)', async () => {
		const paths = ['/api/auth/me', '/api/rooms', '/api/rooms/1', '/api/messages/1', '/api/friends'];
		for (const path of paths) {
			for (const form of [path, `${path}/`]) {
				expect([form, (await as(alice, form)).status]).toEqual([form, 200]);
			}
		}
		const form = new URLSearchParams({ username: alice.name, password: PROGRAM_PASSWORD });
		for (const path of ['/api/auth/login', '/api/auth/login/']) {
			expect((await contract.call(path, { method: 'POST', body: form })).status).toBe(200);
		}
	});

	it.each(['/api/nothing', '/api', '/api/rooms/1/nothing', '/api/auth', '/api/messages/1/2/3'])(
		'%s is 404 with the error body, never a page',
		async (path) => isNo(await as(alice, path), 404)
	);

	it('another method is 405', async () => {
		const reply = await as(alice, '/api/rooms/', { method: 'PATCH' });
		isNo(reply, 405);
		expect(reply.headers.get('allow')).toBe('GET, POST, OPTIONS');
	});

	it.each([
		['no token', {}],
		['no scheme', { authorization: 'abc' }],
		['another scheme', { authorization: 'Basic YTpi' }],
		['an unknown token', { authorization: 'Bearer nonsense' }],
		['a huge token', { authorization: `Bearer ${'x'.repeat(8_000)}` }]
	])('%s is 401 with WWW-Authenticate (1.3)', async (_what, headers) => {
		const reply = await contract.call('/api/auth/me', { headers });
		isNo(reply, 401);
		expect(reply.headers.get('www-authenticate')).toBe('Bearer');
	});

	it('a cookie never counts, and a token never sets one', async () => {
		const person = await register(server, unique('cookie'));
		const headers = { cookie: person.cookie, origin: server.origin };
		isNo(await contract.call('/api/auth/me', { headers }), 401);
		const { headers: said } = await as(alice, '/api/auth/me');
		expect(said.get('set-cookie')).toBeNull();
		const name = person.cookie.split('=')[0];
		const swapped = await ask(server, '/api/account', {
			headers: { cookie: `${name}=${alice.token}` }
		});
		expect(swapped.status).toBe(401);
	});

	it('any origin may call, also where the answer is no (1.6)', async () => {
		const origin = 'http://localhost:3000';
		for (const [path, status] of [
			['/api/auth/me', 401],
			['/api/nothing', 404],
			['/api/rooms/nothing', 401],
			['/api/health', 200],
			['/uploads/images/nothing.png', 404],
			['/uploads/avatars/nothing.png', 404]
		] as const) {
			const reply = await contract.call(path, { headers: { origin } });
			const told = reply.headers.get('access-control-allow-origin');
			expect([path, reply.status, told]).toEqual([path, status, '*']);
		}
		for (const path of ['/api/rooms/', '/api/auth/login', '/api/upload/file', '/api/nothing']) {
			const reply = await contract.call(path, {
				method: 'OPTIONS',
				headers: {
					origin,
					'access-control-request-method': 'POST',
					'access-control-request-headers': 'authorization, content-type'
				}
			});
			expect(reply.status).toBe(204);
			const said = (name: string) => reply.headers.get(`access-control-${name}`);
			expect(said('allow-origin')).toBe('*');
			expect(said('allow-methods')).toBe('GET, POST, PUT, PATCH, DELETE, OPTIONS');
			expect(said('allow-headers')).toBe('authorization, content-type');
			expect(said('max-age')).toBe('600');
			expect(said('allow-credentials')).toBeNull();
		}
		const polling = await contract.call('/socket.io/?EIO=4&transport=polling', {
			headers: { origin }
		});
		expect(polling.headers.get('access-control-allow-origin')).toBe('*');
	});

	it('origins can be limited to a list', async () => {
		const listed = 'https://chat.example.org';
		const other = await startServer({ CORS_ORIGINS: listed });
		for (const [origin, told] of [
			[listed, listed],
			['https://evil.example', null]
		]) {
			for (const path of ['/api/auth/me', '/socket.io/?EIO=4&transport=polling']) {
				const response = await fetch(`http://127.0.0.1:${other.port}${path}`, {
					headers: { origin: origin! }
				});
				expect([path, response.headers.get('access-control-allow-origin')]).toEqual([path, told]);
			}
		}
		await other.stop();
	});

	it('nothing with a token may be kept by a cache (HTTP-5)', async () => {
		const { headers } = await as(alice, '/api/auth/me');
		expect(headers.get('cache-control')).toBe('no-store');
	});
});
