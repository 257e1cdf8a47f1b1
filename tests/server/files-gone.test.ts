/** Files that no message shows any more, and uploads that are more than anybody has. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filing } from '../support/filing.ts';
import { call, PROGRAM_PASSWORD } from '../support/compat.ts';
import { generalOf, newId, register } from '../support/person.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startServer();
});
afterAll(() => server.stop());

let count = 0;
const somebody = () => register(server, `filer${++count}`);

describe('a file whose last message is gone (UPLOAD-14)', () => {
	/** A program hands a file in and says something with it; answers its public address and the message. */
	async function sayWithFile() {
		const name = `bot${++count}`;
		const made = await call(server, '/api/auth/register', {
			body: { username: name, email: `${name}@example.org`, password: PROGRAM_PASSWORD }
		});
		const token: string = made.body.access_token;
		const form = new FormData();
		form.append('file', new Blob([randomBytes(200)]), 'secret.bin');
		const uploaded = await call(server, '/api/upload/file', { body: form, token });
		return { url: uploaded.body.file_url as string, token };
	}
	const at = (url: string, headers: Record<string, string> = {}) =>
		fetch(`http://127.0.0.1:${server.port}${url}`, { headers });

	test('is gone from its public address at once, and caches ask again each time', async () => {
		const { url, token } = await sayWithFile();
		const first = await at(url);
		expect(first.status).toBe(200);
		expect(first.headers.get('cache-control')).toBe('public, no-cache');
		const tag = first.headers.get('etag')!;
		expect((await at(url, { 'if-none-match': tag })).status).toBe(304);
		const { body } = await call(server, '/api/rooms', { token });
		const rooms = (Array.isArray(body) ? body : body.rooms) as { id: number; name: string }[];
		const general = rooms.find((one) => one.name === 'general')!;
		const said = await call(server, '/api/messages/', {
			body: { room_id: general.id, content: 'see', message_type: 'file', file_url: url },
			token
		});
		expect([said.status, (await at(url)).status]).toEqual([200, 200]);
		const path = `/api/messages/${said.body.id as number}`;
		expect((await call(server, path, { method: 'DELETE', token })).status).toBe(200);
		expect((await at(url)).status).toBe(404);
		expect((await at(url, { 'if-none-match': tag })).status).toBe(404);
	});

	test('nor is it there for its author in the app, and a browser asks each time (UPLOAD-8)', async () => {
		const { handIn, act, fetchFile } = filing(() => server);
		const ann = await somebody();
		const link = await ann.link();
		const room = await generalOf(link);
		const { id } = await handIn(ann, randomBytes(50));
		const message = newId();
		await act(link, { kind: 'message.post', id: message, room, body: '', files: [id] } as never);
		const shown = await fetchFile(ann, `/api/files/${id}`);
		expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
		const tag = { 'if-none-match': shown.headers.get('etag')! };
		expect((await fetchFile(ann, `/api/files/${id}`, tag)).status).toBe(304);
		expect((await fetchFile(null, `/api/files/${id}`, tag)).status).toBe(401);
		await act(link, { kind: 'message.recall', room, message });
		expect((await fetchFile(ann, `/api/files/${id}`, tag)).status).toBe(404);
		link.close();
	});
});

describe('uploads (UPLOAD-15)', () => {
	test('are so many at once', async () => {
		const { begin } = filing(() => server);
		const ann = await somebody();
		const begun: number[] = [];
		for (let i = 0; i < 103; i++) begun.push((await begin(ann, Buffer.alloc(9))).status);
		expect(begun.filter((status) => status === 201)).toHaveLength(100);
		expect(begun.slice(-3)).toEqual([429, 429, 429]);
		// Of somebody else there is nothing to be noticed.
		expect((await begin(await somebody(), Buffer.alloc(9))).status).toBe(201);
	});

	test('are named by their id and by nothing else: notes on the disk cannot be removed', async () => {
		const { at, headers, begin, send } = filing(() => server);
		const ann = await somebody();
		const bytes = randomBytes(4_000);
		const { url } = await begin(ann, bytes);
		await send(ann, url, 0, bytes.subarray(0, 2_000));
		const gone = await fetch(at(`${url}.json`), { method: 'DELETE', headers: headers(ann, {}) });
		expect(gone.status).toBe(404);
		expect((await send(ann, url, 2_000, bytes.subarray(2_000))).status).toBe(204);
		const name = url.split('/').at(-1)!;
		expect(
			readdirSync(join(server.dataDir, 'incoming')).filter((one) => one.startsWith(name))
		).toEqual([]);
		expect(existsSync(join(server.dataDir, 'files'))).toBe(true);
	});

	test('that come whole with their beginning are answered as made', async () => {
		const { at, headers, fetchFile } = filing(() => server);
		const ann = await somebody();
		const bytes = randomBytes(300);
		const id = newId();
		const metadata = { id, name: 'whole.bin', type: 'application/octet-stream' };
		const response = await fetch(at('/api/files/upload'), {
			method: 'POST',
			headers: headers(ann, {
				'upload-length': String(bytes.length),
				'content-type': 'application/offset+octet-stream',
				'upload-metadata': Object.entries(metadata)
					.map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
					.join(',')
			}),
			body: new Uint8Array(bytes)
		});
		expect([response.status, response.headers.get('upload-offset')]).toEqual([201, '300']);
		const got = await fetchFile(ann, `/api/files/${id}`);
		expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
	});
});

describe('typing of somebody who is muted (ABUSE-6, A15)', () => {
	test('is not told', async () => {
		const { act } = filing(() => server);
		const [ann, bob] = [await somebody(), await somebody()];
		const [a, b] = [await ann.link(), await bob.link()];
		const room = newId();
		await act(a, { kind: 'room.create', room, name: `Muted ${room}`, description: '' });
		await act(b, { kind: 'room.join', room });
		a.socket.emit('watch', { room });
		await a.until(() => a.presence.some((note) => note.room === room));
		b.socket.emit('typing', { room, on: true });
		const named = () => a.typing.filter(({ people }) => people.includes(bob.id)).length;
		await a.until(() => named() > 0);
		b.socket.emit('typing', { room, on: false });
		await a.until(() => a.typing.at(-1)?.people.length === 0);
		await act(a, { kind: 'member.mute', room, person: bob.id, for: 3_600_000 });
		const before = named();
		b.socket.emit('typing', { room, on: true });
		await b.request('heads', {});
		a.socket.emit('typing', { room, on: true });
		await a.request('heads', {});
		expect(named()).toBe(before);
		for (const link of [a, b]) link.close();
	});
});
