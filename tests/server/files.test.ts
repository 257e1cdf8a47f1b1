/** Files: handed in over a network that breaks, told by their bytes, fetched only by who may see them. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import sharp from 'sharp';
import type { FileCard } from '../../src/lib/protocol/change.ts';
import { filing, UPLOAD } from '../support/filing.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { generalOf, newId, register } from '../support/person.ts';

let server: TestServer;
beforeAll(async () => {
	server = await startServer({ FILES_PER_PERSON_MB: '60' });
});
afterAll(() => server.stop());

let names = 0;
const somebody = () => register(server, `filer_${names++}`);
const { begin, send, offsetOf, handIn, act, say, fetchFile, headOf, headers, at } = filing(
	() => server
);

describe('handing in', () => {
	test('goes on where it was cut, and what arrives is what was sent', async () => {
		const ann = await somebody();
		const bytes = randomBytes(300_000);
		const { url, id } = await begin(ann, bytes);
		expect((await send(ann, url, 0, bytes.subarray(0, 180_000))).status).toBe(204);
		expect(await offsetOf(ann, url)).toEqual({ status: 200, offset: 180_000 });
		// A piece for another place is refused and changes nothing.
		expect((await send(ann, url, 100_000, bytes.subarray(100_000))).status).toBe(409);
		expect((await send(ann, url, 180_000, bytes.subarray(180_000))).status).toBe(204);
		const answer = await fetchFile(ann, `/api/files/${id}`);
		expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
	});

	test('goes on after the server was restarted', async () => {
		const first = await startServer();
		const dataDir = first.dataDir;
		const kept = await startServer({ DATA_DIR: join(dataDir, 'own') });
		const old = server;
		try {
			server = kept;
			const ann = await register(kept, 'restarter');
			const bytes = randomBytes(200_000);
			const { url, id } = await begin(ann, bytes);
			await send(ann, url, 0, bytes.subarray(0, 120_000));
			await kept.stop();
			server = await startServer({ DATA_DIR: join(dataDir, 'own'), ORIGIN: kept.origin });
			expect(await offsetOf(ann, url)).toEqual({ status: 200, offset: 120_000 });
			expect((await send(ann, url, 120_000, bytes.subarray(120_000))).status).toBe(204);
			const answer = await fetchFile(ann, `/api/files/${id}`);
			expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
			await server.stop();
		} finally {
			server = old;
			await first.stop();
		}
	});

	test('is refused when it arrives damaged, and can begin anew', async () => {
		const ann = await somebody();
		const bytes = randomBytes(1_000);
		const id = newId();
		const wrong = createHash('sha256').update('something else').digest('hex');
		const damaged = await handIn(ann, bytes, { id, sha256: wrong });
		expect([damaged.done, damaged.text]).toEqual([422, expect.stringContaining('file_damaged')]);
		expect((await handIn(ann, bytes, { id })).done).toBe(204);
	});

	test('is limited before a byte is taken: size, quota, and all at once (U4, U5)', async () => {
		const ann = await somebody();
		const small = Buffer.alloc(10);
		const mb = 1024 * 1024;
		const tooLarge = await begin(ann, small, { length: 51 * mb });
		expect(tooLarge.status).toBe(413);
		expect((await begin(ann, small, { length: 11 * mb, type: 'image/png' })).status).toBe(413);
		expect((await begin(ann, small, { length: 0 })).status).toBe(413);
		const all = await Promise.all(
			Array.from({ length: 10 }, () => begin(ann, small, { length: 25 * mb }))
		);
		expect(all.filter(({ status }) => status === 201).length).toBe(2);
		const refused = all.find(({ status }) => status !== 201)!;
		expect(refused.text).toContain('quota_exceeded');
		// More than was declared is not taken.
		const { url } = await begin(await somebody(), small);
		const more = await send(ann, url, 0, randomBytes(1_000));
		expect(more.status).toBe(404);
	});

	test('is refused for good when it makes no sense', async () => {
		const ann = await somebody();
		const begun = await begin(ann, Buffer.from('x'), { sha256: 'nonsense' });
		expect([begun.status, begun.text]).toEqual([400, expect.stringContaining('malformed')]);
	});

	test("is nobody else's business: no cookie, no Origin, another person (S6)", async () => {
		const [ann, bob] = [await somebody(), await somebody()];
		const bytes = randomBytes(100);
		const { url, id } = await begin(ann, bytes);
		expect((await offsetOf(bob, url)).status).toBe(404);
		expect((await send(bob, url, 0, bytes)).status).toBe(404);
		const foreign = await fetch(at(url), {
			method: 'PATCH',
			headers: { ...headers(ann), origin: 'https://evil.example' }
		});
		expect(foreign.status).toBe(403);
		const nobody = await fetch(at(UPLOAD), {
			method: 'POST',
			headers: { origin: server.origin, 'tus-resumable': '1.0.0', 'upload-length': '5' }
		});
		expect(nobody.status).toBe(401);
		await send(ann, url, 0, bytes);
		// The id is taken, whoever asks (U9).
		expect((await begin(bob, bytes, { id })).status).toBe(409);
		expect((await begin(ann, bytes, { id })).status).toBe(409);
	});
});

describe('what a file is, its bytes say (U1)', () => {
	const cases: [string, Buffer, Partial<FileCard>][] = [
		['page.png', Buffer.from('<!doctype html><script>alert(1)</script>'), { kind: 'file' }],
		[
			'drawing.svg',
			Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
			{ kind: 'file' }
		],
		['paper.jpg', Buffer.from('%PDF-1.7\n1 0 obj\n'), { kind: 'file', type: 'application/pdf' }],
		['notes.txt', Buffer.from('just text'), { kind: 'file', type: 'application/octet-stream' }]
	];
	test.each(cases)('%s is a download, sandboxed and unsniffed', async (name, bytes, card) => {
		const ann = await somebody();
		const link = await ann.link();
		const room = await generalOf(link);
		const { id, done } = await handIn(ann, bytes, { name, type: 'image/png' });
		expect(done).toBe(204);
		expect(await say(link, room, [id])).toMatchObject([{ name, ...card }]);
		const answer = await fetchFile(ann, `/api/files/${id}`);
		expect(answer.headers.get('content-disposition')).toContain('attachment');
		expect(answer.headers.get('content-type')).toBe('application/octet-stream');
		expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
		expect(answer.headers.get('content-security-policy')).toContain('sandbox');
		expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
		link.close();
	});

	test('names never become paths, and come back as they were', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const name = '../../etc/pass "wd"\r\n\u202e报告 (终).txt';
		const { id } = await handIn(ann, Buffer.from('x'), { name });
		const cards = await say(link, await generalOf(link), [id]);
		expect(cards).toMatchObject([{ name: 'pass "wd"报告 (终).txt' }]);
		const { headers: said } = await fetchFile(ann, `/api/files/${id}`);
		expect(said.get('content-disposition')).toContain(
			"filename*=UTF-8''pass%20%22wd%22%E6%8A%A5%E5%91%8A%20%28%E7%BB%88%29.txt"
		);
		const stored = readdirSync(join(server.dataDir, 'files'), { recursive: true }).map(String);
		expect(stored.every((path) => /^[0-9a-f]{2}([/\\][0-9a-f]{32})?$/.test(path))).toBe(true);
		link.close();
	});
});

/** A PNG of one bit a pixel, all black: large only when it is decoded. */
function blackPng(width: number, height: number): Buffer {
	const chunk = (type: string, data: Buffer) => {
		const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
		const ends = Buffer.alloc(8);
		ends.writeUInt32BE(data.length, 0);
		ends.writeUInt32BE(crc32(body), 4);
		return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
	};
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.writeUInt8(1, 8);
	const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))), { level: 9 });
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		chunk('IHDR', head),
		chunk('IDAT', rows),
		chunk('IEND', Buffer.alloc(0))
	]);
}

describe('pictures', () => {
	const photo = (width: number, height: number) =>
		sharp({ create: { width, height, channels: 3, background: '#336699' } });

	test('come with size and hash, a small form, and without what the camera wrote', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const bytes = await photo(1200, 800)
			.withExif({ IFD0: { Copyright: 'me' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
			.jpeg()
			.toBuffer();
		const { id, done } = await handIn(ann, bytes, { name: 'sea.jpg', type: 'image/jpeg' });
		expect(done).toBe(204);
		const cards = await say(link, await generalOf(link), [id], 'the sea');
		expect(cards).toMatchObject([
			{ kind: 'image', type: 'image/jpeg', width: 1200, height: 800, hash: expect.any(String) }
		]);
		const whole = await fetchFile(ann, `/api/files/${id}`);
		expect(whole.headers.get('content-type')).toBe('image/jpeg');
		const kept = Buffer.from(await whole.arrayBuffer());
		expect((await sharp(kept).metadata()).exif).toBeUndefined();
		const small = Buffer.from(await (await fetchFile(ann, `/api/files/${id}/small`)).arrayBuffer());
		expect(await sharp(small).metadata()).toMatchObject({
			format: 'webp',
			width: 800,
			height: 533
		});
		link.close();
	});

	test('that are bombs are refused, within bounded memory (U2)', async () => {
		const ann = await somebody();
		const bomb = blackPng(30_000, 30_000);
		expect(bomb.length).toBeLessThan(600_000);
		const answered = await handIn(ann, bomb, { type: 'image/png' });
		expect([answered.done, answered.text]).toEqual([
			413,
			expect.stringContaining('image_too_large')
		]);
		const cut = (await photo(500, 500).png().toBuffer()).subarray(0, 600);
		expect((await handIn(ann, cut, { type: 'image/png' })).text).toContain('picture_invalid');
		// What is decoded is bounded, too: as many pixels as are allowed, in the costliest form.
		const full = blackPng(7_000, 7_000);
		expect((await handIn(ann, full, { type: 'image/png' })).done).toBe(204);
		const lie = await photo(100, 100).png().toBuffer();
		lie.writeUInt32BE(60_000, 16);
		lie.writeUInt32BE(60_000, 20);
		expect((await handIn(ann, lie, { type: 'image/png' })).done).toBe(413);
	});
});

describe('films', () => {
	/** The beginning of an MP4, as far as it takes to tell. */
	const film = Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1');

	test('come with the size that their device has read, of which only films make use', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const room = await generalOf(link);
		const more = { width: '640', height: '480' };
		const { id } = await handIn(ann, film, { name: 'a.mp4', type: 'video/mp4', more });
		expect(await say(link, room, [id])).toMatchObject([{ kind: 'video', width: 640, height: 480 }]);
		const other = await handIn(ann, Buffer.from('no film'), { more });
		const [card] = (await say(link, room, [other.id])) as FileCard[];
		expect([card?.kind, card?.width]).toEqual(['file', undefined]);
		link.close();
	});

	test.each(['0', '-1', '16385', '1e3', 'wide', '640.5'])(
		'a side of %s is no reason to turn a film away, and is told to nobody',
		async (width) => {
			const ann = await somebody();
			const link = await ann.link();
			const more = { width, height: '10' };
			const { id } = await handIn(ann, film, { type: 'video/mp4', more });
			const [card] = (await say(link, await generalOf(link), [id])) as FileCard[];
			expect([card?.kind, card?.width, card?.height]).toEqual(['video', undefined, undefined]);
			link.close();
		}
	);
});

describe('who may fetch', () => {
	test('whoever may see a message that carries it, as long as they may (promise 11, H10)', async () => {
		const [ann, bob, eve] = [await somebody(), await somebody(), await somebody()];
		const [a, b] = [await ann.link(), await bob.link()];
		const room = newId();
		const password = 'for few';
		await act(a, { kind: 'room.create', room, name: `Files ${room}`, description: '', password });
		await act(b, { kind: 'room.join', room, password });
		const { id } = await handIn(ann, Buffer.from('secret'));
		const path = `/api/files/${id}`;
		expect((await fetchFile(bob, path)).status).toBe(404);
		expect((await fetchFile(ann, path)).status).toBe(200);
		await say(a, room, [id]);
		const status = async () => [
			(await fetchFile(ann, path)).status,
			(await fetchFile(bob, path)).status,
			(await fetchFile(eve, path)).status,
			(await fetchFile(null, path)).status
		];
		expect(await status()).toEqual([200, 200, 404, 401]);
		await act(a, { kind: 'member.remove', room, person: bob.id });
		expect(await status()).toEqual([200, 404, 404, 401]);
		for (const link of [a, b]) link.close();
	});

	test('nobody, once it was recalled; forwarded before, it stays there', async () => {
		const [ann, bob] = [await somebody(), await somebody()];
		const [a, b] = [await ann.link(), await bob.link()];
		const general = await generalOf(a);
		const { id } = await handIn(ann, Buffer.from('taken back'));
		const message = newId();
		await a.request('acts', {
			acts: [{ kind: 'message.post', id: message, at: 1, room: general, body: '', files: [id] }]
		});
		const room = newId();
		await act(b, { kind: 'room.create', room, name: `Own ${room}`, description: '' });
		const passed = await act(b, { kind: 'message.post', room, body: '', forward: message });
		expect(passed).toMatchObject({ status: 'accepted' });
		await act(a, { kind: 'message.recall', room: general, message });
		expect((await fetchFile(bob, `/api/files/${id}`)).status).toBe(200);
		expect((await fetchFile(ann, `/api/files/${id}`)).status).toBe(404);
		for (const link of [a, b]) link.close();
	});

	test('a message carries only whole files of its author, each in one message (U10)', async () => {
		const [ann, bob] = [await somebody(), await somebody()];
		const [a, b] = [await ann.link(), await bob.link()];
		const room = await generalOf(a);
		const { id } = await handIn(ann, Buffer.from('mine'));
		expect(await say(b, room, [id])).toBe('file_missing');
		expect(await say(a, room, [newId()])).toBe('file_missing');
		const pending = await begin(ann, Buffer.alloc(9));
		expect(await say(a, room, [pending.id])).toBe('file_missing');
		expect(await say(a, room, [id])).toHaveLength(1);
		expect(await say(a, room, [id])).toBe('file_missing');
		for (const link of [a, b]) link.close();
	});

	test('who asks about it is answered from the table, and its bytes are not touched', async () => {
		const ann = await somebody();
		const { id } = await handIn(ann, randomBytes(10_000), { name: 'notes.bin' });
		const path = `/api/files/${id}`;
		const said = ({ status, headers }: Response) => [
			status,
			...['content-length', 'content-type', 'content-disposition'].map((name) => headers.get(name)),
			...['cache-control', 'content-security-policy'].map((name) => headers.get(name)),
			headers.get('accept-ranges')
		];
		const got = await fetchFile(ann, path);
		await got.arrayBuffer();
		const folder = join(server.dataDir, 'files');
		for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
			const file = join(entry.parentPath, entry.name);
			if (entry.isFile() && statSync(file).size === 10_000) rmSync(file);
		}
		expect((await fetchFile(ann, path)).status).toBe(404);
		const asked = await headOf(ann, path);
		expect(said(asked)).toEqual(said(got));
		expect(asked.headers.get('content-length')).toBe('10000');
		expect((await headOf(ann, path, { range: 'bytes=0-9' })).status).toBe(200);
		expect((await headOf(await somebody(), path)).status).toBe(404);
		expect((await headOf(null, path)).status).toBe(401);
	});

	test('in parts, for players that jump', async () => {
		const ann = await somebody();
		const bytes = randomBytes(10_000);
		const { id } = await handIn(ann, bytes);
		const part = async (range: string) => {
			const answer = await fetchFile(ann, `/api/files/${id}`, { range });
			const body = Buffer.from(await answer.arrayBuffer());
			return { status: answer.status, range: answer.headers.get('content-range'), body };
		};
		const middle = await part('bytes=100-199');
		expect([middle.status, middle.range]).toEqual([206, 'bytes 100-199/10000']);
		expect(middle.body.equals(bytes.subarray(100, 200))).toBe(true);
		expect((await part('bytes=-10')).body.equals(bytes.subarray(-10))).toBe(true);
		expect((await part('bytes=9990-99999')).range).toBe('bytes 9990-9999/10000');
		expect((await part('bytes=10000-')).status).toBe(416);
		expect((await part('bytes=a-b')).status).toBe(200);
	});
});
