/** Tokens for bots. */
import { describe, expect, it } from 'vitest';
import { unique, type Json } from '../../support/compat.ts';
import { PASSWORD, register } from '../../support/person.ts';
import { server, contract, alice, isNo } from './shared.ts';

describe('tokens for bots', () => {
	it('are made and revoked in the app, shown once, and good as bearer tokens', async () => {
		const person = await register(server, unique('owner'));
		const made = await person.ask('/api/account/tokens', { body: { name: ' weather bot ' } });
		expect(made.status).toBe(200);
		const { token, id } = made.body as { token: string; id: string };
		const list = async () =>
			((await person.ask('/api/account/tokens')).body as { tokens: Json[] }).tokens;
		expect(await list()).toEqual([
			{ id, name: 'weather bot', created: expect.any(Number), used: null }
		]);
		expect(JSON.stringify(await list())).not.toContain(token);
		expect((await contract.call('/api/auth/me', { token })).body.username).toBe(person.name);
		const sessions = (await person.ask('/api/account/sessions')).body as { sessions: Json[] };
		expect(sessions.sessions).toHaveLength(1);
		const other = await register(server, unique('thief'));
		const remove = { method: 'DELETE' };
		expect((await other.ask(`/api/account/tokens/${id}`, remove)).status).toBe(404);
		expect((await person.ask(`/api/account/tokens/${id}`, remove)).status).toBe(200);
		isNo(await contract.call('/api/auth/me', { token }), 401);
		expect(await list()).toEqual([]);
		const foreign = { body: { name: 'x' }, headers: { origin: 'https://evil.example' } };
		expect((await person.ask('/api/account/tokens', foreign)).status).toBe(403);
		expect((await person.ask('/api/account/tokens', { body: { name: '' } })).status).toBe(400);
		// A bearer token is no cookie: it makes no tokens.
		const bearer = await contract.call('/api/account/tokens', {
			token: alice.token,
			body: { name: 'x' },
			headers: { origin: server.origin }
		});
		expect(bearer.status).toBe(401);
	});

	it('end with the account, and what only this API knew of it goes, too', async () => {
		const person = await register(server, unique('leaver'));
		const { token } = (await person.ask('/api/account/tokens', { body: { name: 'bot' } })).body as {
			token: string;
		};
		const phone = '+86 555 0199';
		await contract.call('/api/auth/profile', { method: 'PUT', token, body: { phone } });
		const kept = () => server.query('SELECT phone FROM profile WHERE phone = ?', phone);
		expect(await kept()).toEqual([{ phone }]);
		await person.ask('/api/account/delete', { body: { password: PASSWORD } });
		isNo(await contract.call('/api/auth/me', { token }), 401);
		expect(await kept()).toEqual([]);
	});
});
