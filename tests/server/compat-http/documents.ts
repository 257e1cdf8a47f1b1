/** The documents, and that all they promise was kept; runs last. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { server, contract } from './shared.ts';

describe('the documents', () => {
	it('are OpenAPI 3.1, by a validator that is not ours', async () => {
		const result = await new Validator().validate(structuredClone(contract.document));
		expect([result.valid, result.errors]).toEqual([true, undefined]);
		expect(contract.document.openapi).toBe('3.1.0');
	});

	it('name every event of the sockets', async () => {
		const { body } = await contract.call('/asyncapi.json');
		expect(body.asyncapi).toBe('3.0.0');
		const { DOWN } = await import('../../../server/compat/socket/down.ts');
		const { UP } = await import('../../../server/compat/socket/client-events.ts');
		const named = Object.keys(body.components.messages).sort();
		expect(named).toEqual(
			[
				...[...Object.keys(UP), 'ping'].map((name) => `client_${name}`),
				...Object.keys(DOWN).map((name) => `server_${name}`)
			].sort()
		);
	});

	it.each(['/docs', '/redoc', '/api/docs', '/api/redoc', '/docs/'])(
		'%s is a page that asks no other host for anything',
		async (path) => {
			const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
			expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
			expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
			const page = await response.text();
			const files = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map((match) => match[1]!);
			expect(files.filter((file) => !file.startsWith('/'))).toEqual([]);
			for (const file of files.filter((one) => one.startsWith('/docs/assets/'))) {
				const asset = await fetch(`http://127.0.0.1:${server.port}${file}`);
				expect([file, asset.status]).toEqual([file, 200]);
			}
		}
	);

	it('/auth leads to the sign-in page, and /api/health answers', async () => {
		const auth = await contract.call('/auth');
		expect([auth.status, auth.headers.get('location')]).toEqual([302, '/sign-in']);
		expect((await contract.call('/api/health')).status).toBe(200);
	});

	it('hold: every documented call was answered above as promised', () => {
		expect(contract.all.filter((one) => !contract.done.has(one))).toEqual([]);
	});
});
