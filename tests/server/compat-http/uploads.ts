/** Section 3: files. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { unique } from '../../support/compat.ts';
import { post, register } from '../../support/person.ts';
import { server, contract, alice, bob, type User, as, good, newRoom, isNo } from './shared.ts';

describe('uploads', () => {
	const picture = (side = 32) =>
		sharp({ create: { width: side, height: side, channels: 3, background: '#ad4317' } })
			.png()
			.toBuffer();

	function form(bytes: Uint8Array | string, name: string, field = 'file'): FormData {
		const made = new FormData();
		made.set(field, new Blob([bytes as string]), name);
		return made;
	}
	const send = (user: User, path: string, body: unknown) =>
		as(user, path, { method: 'POST', body });
	const raw = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
		fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers });

	it('answer both names for each thing, under both paths', async () => {
		const bytes = await picture();
		for (const path of ['/api/upload/file', '/api/upload/']) {
			const { status, body } = await send(alice, path, form(bytes, '../图 片.PNG'));
			expect([status, body]).toEqual([
				200,
				{
					message: expect.any(String),
					file_url: expect.stringMatching(/^\/uploads\/images\/[0-9a-f]{32}\.png$/),
					file_path: body.file_url,
					file_name: '图 片.PNG',
					filename: '图 片.PNG',
					file_size: expect.any(Number),
					file_type: 'png',
					content_type: 'image/png'
				}
			]);
			const served = await raw(body.file_url);
			expect(served.status).toBe(200);
			const got = Buffer.from(await served.arrayBuffer());
			expect(got.length).toBe(body.file_size);
			const { width, format } = await sharp(got).metadata();
			expect([width, format]).toEqual([32, 'png']);
			const said = (name: string) => served.headers.get(name);
			expect(said('content-type')).toBe('image/png');
			expect(said('x-content-type-options')).toBe('nosniff');
			expect(said('access-control-allow-origin')).toBe('*');
			expect(said('cross-origin-resource-policy')).toBe('cross-origin');
			expect(said('content-disposition')).toBeNull();
		}
	});

	it('of anything that browsers could run are downloads under their own name', async () => {
		const page = '<html><script>alert(1)</script></html>';
		for (const [bytes, name] of [
			[page, 'page.html'],
			['<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', 'picture.svg'],
			[page, 'photo.png'],
			['hello', 'note.txt'],
			['%PDF-1.7\n', '报告.pdf']
		] as const) {
			const { body } = await send(alice, '/api/upload/file', form(bytes, name));
			expect(body.file_url).toMatch(/^\/uploads\/(files|documents)\//);
			expect(['png', 'svg', 'html'].includes(body.file_type) && body.file_type === 'png').toBe(
				false
			);
			const served = await raw(body.file_url);
			expect(await served.text()).toBe(bytes);
			const how = served.headers.get('content-disposition')!;
			expect(how).toMatch(/^attachment/);
			expect(how).toContain(`filename*=UTF-8''${encodeURIComponent(name)}`);
			expect(served.headers.get('content-type')).not.toMatch(/html|svg|image/);
			expect(served.headers.get('content-security-policy')).toContain('sandbox');
		}
	});

	it('are served in parts', async () => {
		const { body } = await send(alice, '/api/upload/file', form('0123456789', 'digits.txt'));
		const part = await raw(body.file_url, { range: 'bytes=2-4' });
		expect([part.status, await part.text()]).toEqual([206, '234']);
		expect(part.headers.get('content-range')).toBe('bytes 2-4/10');
		const beyond = await raw(body.file_url, { range: 'bytes=50-' });
		expect(beyond.status).toBe(416);
		const got = await contract.call(body.file_url);
		expect([got.status, got.body]).toEqual([200, '0123456789']);
	});

	it('are told about without a body, and without a byte of it being read', async () => {
		const { body } = await send(alice, '/api/upload/file', form('0123456789', 'digits.txt'));
		const got = await raw(body.file_url);
		await got.text();
		const stored = /([0-9a-f]{32})\./.exec(body.file_url)![1]!;
		rmSync(join(server.dataDir, 'files', stored.slice(0, 2), stored));
		expect((await raw(body.file_url)).status).toBe(404);
		const asked = await raw(body.file_url, {}, 'HEAD');
		expect([asked.status, await asked.text()]).toEqual([200, '']);
		for (const name of ['content-length', 'content-type', 'content-disposition', 'accept-ranges']) {
			expect([name, asked.headers.get(name)]).toEqual([name, got.headers.get(name)]);
		}
		expect(asked.headers.get('content-length')).toBe('10');
		const other = await raw('/uploads/files/00000000000000000000000000000000.txt', {}, 'HEAD');
		expect(other.status).toBe(404);
	});

	it('are refused without a file, and when they are too large', async () => {
		isNo(await send(alice, '/api/upload/file', {}), 422);
		isNo(await send(alice, '/api/upload/file', form('x', 'a.txt', 'other')), 422);
		isNo(await send(alice, '/api/upload/file', form('', 'empty.txt')), 400);
		const bmp = Buffer.alloc(10 * 1024 * 1024 + 1);
		bmp.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
		const large = await send(alice, '/api/upload/file', form(bmp, 'large.png'));
		expect([400, 413]).toContain(large.status);
		isNo(large, large.status);
		const huge = form(Buffer.alloc(50 * 1024 * 1024 + 1), 'huge.bin');
		isNo(await send(alice, '/api/upload/file', huge), 413);
		expect(
			(await send(alice, '/api/upload/file', form(Buffer.alloc(11 * 1024 * 1024), 'ok.bin'))).status
		).toBe(200);
	});

	it('are removed by whoever handed them in', async () => {
		const { body } = await send(alice, '/api/upload/file', form('mine', 'mine.txt'));
		const remove = (user: User, url: string) =>
			as(user, `/api/upload/file?file_url=${encodeURIComponent(url)}`, { method: 'DELETE' });
		isNo(await remove(bob, body.file_url), 403);
		expect((await remove(alice, body.file_url)).status).toBe(200);
		expect((await raw(body.file_url)).status).toBe(404);
		isNo(await remove(alice, body.file_url), 404);
		isNo(await remove(alice, '/etc/passwd'), 404);
		isNo(await as(alice, '/api/upload/file', { method: 'DELETE' }), 422);
	});

	it.each([
		'/uploads/images/..%2f..%2froost.sqlite',
		'/uploads/images/%2e%2e/%2e%2e/roost.sqlite',
		'/uploads/../roost.sqlite',
		'/uploads/files/nothing.bin',
		'/uploads/nothing/nothing.bin'
	])('%s is 404', async (path) => {
		expect((await raw(path)).status).toBe(404);
	});

	it('are sent as messages: a picture as an image card, anything else as a file card', async () => {
		const room = await newRoom(alice);
		const sent = await send(alice, '/api/upload/file', form(await picture(), 'sun.png'));
		const { file_url, file_name, file_size } = sent.body;
		const image = await good(alice, '/api/messages/', {
			body: {
				room_id: room.id,
				content: 'look!',
				message_type: 'image',
				file_url,
				file_name,
				file_size
			}
		});
		expect(image.message_type).toBe('image');
		const card = { url: file_url, name: 'sun.png', size: file_size };
		expect(JSON.parse(image.content)).toEqual({ ...card, description: 'look!' });
		const text = (await send(alice, '/api/upload/file', form('hi', '说明.txt'))).body;
		const file = await good(alice, '/api/messages/', {
			body: { room_id: room.id, message_type: 'file', file_url: text.file_url }
		});
		expect(file.message_type).toBe('file');
		expect(JSON.parse(file.content)).toEqual({
			url: text.file_url,
			name: '说明.txt',
			size: 2,
			description: ''
		});
		const { messages } = await good(alice, `/api/messages/${room.id}`);
		expect(messages).toEqual([image, file]);
		const lost = { room_id: room.id, message_type: 'file', file_url: '/uploads/files/nothing.bin' };
		isNo(await as(alice, '/api/messages/', { body: lost }), 400);
	});

	it('are files of the app, too, and files of the app are cards here', async () => {
		const person = await register(server, unique('appuser'));
		const link = await person.link();
		const { heads } = await link.request('heads', {});
		const stream = Object.entries(heads).find(([, [, , kind]]) => kind === 'room')![0];
		const sent = await send(alice, '/api/upload/file', form(await picture(), 'sun.png'));
		const { file_url } = sent.body;
		await good(alice, '/api/messages/', {
			body: { room_id: 1, content: 'look!', message_type: 'image', file_url }
		});
		await link.until(() => link.frames.some((frame) => frame.stream === stream));
		const rows = link.frames.flatMap((frame) => frame.rows);
		expect(rows.find((row) => row.kind === 'message' && row.body === 'look!')).toMatchObject({
			files: [{ name: 'sun.png', kind: 'image', width: 32, height: 32 }]
		});
		// Passed on by somebody in the app, it is that person's message with the same picture.
		const { messages } = await good(alice, '/api/messages/1?limit=1');
		const forward = rows.find((row) => row.kind === 'message' && row.body === 'look!')!.id;
		await link.request('acts', { acts: [{ ...post(stream, ''), forward }] });
		const { messages: after } = await good(alice, '/api/messages/1?limit=1');
		expect(after[0]).toMatchObject({ username: person.name, message_type: 'image' });
		expect(JSON.parse(after[0].content).url).toBe(JSON.parse(messages[0].content).url);
		link.close();
	});

	it('that only begin like a picture are kept as they are', async () => {
		const bytes = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
		const { status, body } = await send(alice, '/api/upload/file', form(bytes, 'odd.png'));
		expect([status, body.file_type, body.file_size]).toEqual([200, 'png', bytes.length]);
	});

	it('set a picture of oneself, which others are told of', async () => {
		const bytes = await picture(600);
		const { body, status } = await send(bob, '/api/upload/avatar', form(bytes, 'me.png'));
		expect([status, body.avatar_url]).toEqual([200, body.user.avatar_url]);
		expect(body.avatar_url).toMatch(/^\/uploads\/avatars\//);
		const served = await raw(body.avatar_url);
		expect([served.status, served.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
		const small = await sharp(Buffer.from(await served.arrayBuffer())).metadata();
		expect(small.width).toBe(small.height);
		isNo(await send(bob, '/api/upload/avatar', form('no picture', 'me.png')), 400);
		isNo(
			await send(bob, '/api/upload/avatar', form(Buffer.alloc(5 * 1024 * 1024 + 1), 'me.png')),
			413
		);
		// An address that is no upload of one's own is passed over; one that is becomes the picture.
		const before = (await good(bob, '/api/auth/me')).avatar_url;
		const put = (avatar_url: string) =>
			good(bob, '/api/auth/profile', { method: 'PUT', body: { avatar_url } });
		expect((await put('https://evil.example/x.png')).avatar_url).toBe(before);
		const theirs = (await send(alice, '/api/upload/file', form(bytes, 'alice.png'))).body.file_url;
		expect((await put(theirs)).avatar_url).toBe(before);
		const own = (await send(bob, '/api/upload/file', form(bytes, 'bob.png'))).body.file_url;
		expect((await put(own)).avatar_url).not.toBe(before);
	});
});
