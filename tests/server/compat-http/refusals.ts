/** Bodies that no program of good will sends (HTTP-5, HTTP-6, HTTP-7, HTTP-8). */
import { describe, expect, it } from 'vitest';
import { PROGRAM_PASSWORD } from '../../support/compat.ts';
import { server, contract, alice, isNo } from './shared.ts';

describe('bodies that make no sense', () => {
	it.each([
		['broken JSON', '{"username":', 422],
		['a text', '"text"', 422],
		['a list', '[]', 422],
		['null', 'null', 422],
		['a prototype key', '{"__proto__":{"x":1},"username":"x","password":"y"}', 422],
		['deep nesting', '['.repeat(50_000) + ']'.repeat(50_000), 422],
		['600 KB', JSON.stringify({ username: 'x'.repeat(600_000), password: 'y' }), 413]
	])('%s is refused clearly, with detail as a string', async (_what, body, status) => {
		const headers = { 'content-type': 'application/json' };
		isNo(await contract.call('/api/auth/login', { method: 'POST', body, headers }), status);
	});

	it('JSON that calls itself text is 415 (HTTP-7)', async () => {
		const body = JSON.stringify({ username: alice.name, password: PROGRAM_PASSWORD });
		const headers = { 'content-type': 'text/plain' };
		isNo(await contract.call('/api/auth/login', { method: 'POST', body, headers }), 415);
	});

	it('write no fault into the log', () => {
		expect(server.broken).toEqual([]);
		expect(server.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
	});
});
