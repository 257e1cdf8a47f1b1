/** The server that the tests of the compatible HTTP API share, two of its users, and how they call it. */
import { expect } from 'vitest';
import {
	PROGRAM_PASSWORD,
	unique,
	type CallOptions,
	type Json,
	type Reply
} from '../../support/compat.ts';
import { contractOf, type Contract } from '../../support/openapi.ts';
import { startServer, type TestServer } from '../../support/server.ts';

export interface User {
	id: number;
	name: string;
	email: string;
	token: string;
}

/** A time of these documents: UTC to the ms, without a zone. */
export const ZONELESS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/;

export let server: TestServer;
export let contract: Contract;
export let alice: User;
export let bob: User;

/** Sets all of them; to be called before the first test. */
export async function start(): Promise<void> {
	server = await startServer();
	contract = await contractOf(server);
	alice = await newUser('alice');
	bob = await newUser('bob');
}

export async function newUser(stem: string): Promise<User> {
	const name = unique(stem);
	const email = `${name}@example.org`;
	const { status, body } = await contract.call('/api/auth/register', {
		body: { username: name, email, password: PROGRAM_PASSWORD }
	});
	expect(status).toBe(200);
	return { id: body.id, name, email, token: body.token };
}

export const as = (user: User, path: string, options: CallOptions = {}): Promise<Reply> =>
	contract.call(path, { token: user.token, ...options });

/** Calls, and expects a "yes". */
export async function good(user: User, path: string, options: CallOptions = {}): Promise<Json> {
	const { status, body } = await as(user, path, options);
	expect([path, status, status === 200 ? '' : body]).toEqual([path, 200, '']);
	return body;
}
export const newRoom = (user: User, more: object = {}): Promise<Json> =>
	good(user, '/api/rooms/', { body: { name: unique('room'), ...more } });
export const say = (user: User, room: number, content: string): Promise<Json> =>
	good(user, '/api/messages/', { body: { room_id: room, content } });

/** Every "no" says the same thing three times, in text. */
export function isNo(reply: Reply, status: number): void {
	expect([reply.status, reply.body]).toEqual([status, reply.body]);
	const { detail, error, message } = reply.body;
	expect(typeof detail).toBe('string');
	expect(detail).not.toBe('');
	expect([error, message]).toEqual([detail, detail]);
}
