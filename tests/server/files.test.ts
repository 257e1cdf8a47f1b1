/** Files: handed in over a network that breaks, told by their bytes, fetched only by who may see them. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import sharp from 'sharp';
import type { FileCard } from '../../src/lib/protocol/change.ts';
import { LIMITS } from '../../src/lib/protocol/limits.ts';
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

const photo = (width: number, height: number) =>
	sharp({ create: { width, height, channels: 3, background: '#336699' } });

describe('handing in', () => {
	test('goes on where it was cut, and what arrives is what was sent (F1, NET-8)', async () => {
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

	test('is refused when it arrives damaged, and can begin anew (F2)', async () => {
		const ann = await somebody();
		const bytes = randomBytes(1_000);
		const id = newId();
		const wrong = createHash('sha256').update('something else').digest('hex');
		const damaged = await handIn(ann, bytes, { id, sha256: wrong });
		expect([damaged.done, damaged.text]).toEqual([422, expect.stringContaining('file_damaged')]);
		expect((await handIn(ann, bytes, { id })).done).toBe(204);
	});

	test('is limited before a byte is taken: size, quota, and all at once (UPLOAD-4, UPLOAD-5)', async () => {
		const ann = await somebody();
		const small = Buffer.alloc(10);
		const mb = 1024 * 1024;
		const tooLarge = await begin(ann, small, { length: 51 * mb });
		expect(tooLarge.status).toBe(413);
		// Pictures have no limit of their own here: a larger one goes as a file.
		const { status } = await begin(await somebody(), small, { length: 11 * mb, type: 'image/png' });
		expect(status).toBe(201);
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

	test("is nobody else's business: no cookie, no Origin, another person (SOCKET-6)", async () => {
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
		// The id is taken, whoever asks (UPLOAD-9).
		expect((await begin(bob, bytes, { id })).status).toBe(409);
		expect((await begin(ann, bytes, { id })).status).toBe(409);
	});
});

describe('what a file is, its bytes say (UPLOAD-1)', () => {
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

function pngChunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const ends = Buffer.alloc(8);
	ends.writeUInt32BE(data.length, 0);
	ends.writeUInt32BE(crc32(body), 4);
	return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** A PNG of one bit a pixel, all black: large only when it is decoded. */
function blackPng(width: number, height: number): Buffer {
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.writeUInt8(1, 8);
	const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))), { level: 9 });
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		pngChunk('IHDR', head),
		pngChunk('IDAT', rows),
		pngChunk('IEND', Buffer.alloc(0))
	]);
}

describe('pictures', () => {
	test('come with size and hash, a small form, and without what the camera wrote (F5, UPLOAD-7)', async () => {
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

	test('that move go on moving, without what was written beside them (UPLOAD-7)', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const still = blackPng(8, 8);
		const number = (...values: number[]) =>
			Buffer.concat(
				values.map((value) => {
					const bytes = Buffer.alloc(4);
					bytes.writeUInt32BE(value);
					return bytes;
				})
			);
		const frame = (at: number) =>
			pngChunk('fcTL', Buffer.concat([number(at, 8, 8, 0, 0), Buffer.from('0001000a0000', 'hex')]));
		const pixels = deflateSync(Buffer.alloc(16));
		const apng = Buffer.concat([
			still.subarray(0, 33),
			pngChunk('acTL', number(2, 0)),
			pngChunk('tEXt', Buffer.from('Author\0SecretCamera')),
			frame(0),
			pngChunk('IDAT', pixels),
			frame(1),
			pngChunk('fdAT', Buffer.concat([number(2), pixels])),
			pngChunk('IEND', Buffer.alloc(0))
		]);
		const { id } = await handIn(ann, apng, { name: 'a.png', type: 'image/png' });
		expect(await say(link, await generalOf(link), [id])).toMatchObject([
			{ kind: 'image', width: 8 }
		]);
		const kept = Buffer.from(await (await fetchFile(ann, `/api/files/${id}`)).arrayBuffer());
		expect(['acTL', 'fdAT', 'SecretCamera'].map((part) => kept.includes(part))).toEqual([
			true,
			true,
			false
		]);
		link.close();
	});

	test('that are bombs, or cut off, are files to be saved, within bounded memory (UPLOAD-2)', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const room = await generalOf(link);
		const kindOf = async (bytes: Buffer, type: string) => {
			const { id } = await handIn(ann, bytes, { type });
			return ((await say(link, room, [id])) as FileCard[])[0]!.kind;
		};
		const bomb = blackPng(30_000, 30_000);
		expect(bomb.length).toBeLessThan(600_000);
		expect(await kindOf(bomb, 'image/png')).toBe('file');
		const cut = (await photo(500, 500).png().toBuffer()).subarray(0, 600);
		expect(await kindOf(cut, 'image/png')).toBe('file');
		const noise = await sharp(randomBytes(300 * 300 * 3), {
			raw: { width: 300, height: 300, channels: 3 }
		})
			.jpeg()
			.toBuffer();
		expect(await kindOf(noise.subarray(0, 20_000), 'image/jpeg')).toBe('file');
		// What is decoded is bounded, too: as many pixels as are allowed, in the costliest form.
		expect(await kindOf(blackPng(7_000, 7_000), 'image/png')).toBe('image');
		const lie = await photo(100, 100).png().toBuffer();
		lie.writeUInt32BE(60_000, 16);
		lie.writeUInt32BE(60_000, 20);
		expect(await kindOf(lie, 'image/png')).toBe('file');
		link.close();
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

describe('the length of films and sounds', () => {
	const sound = Buffer.from('RIFF\x24\0\0\0WAVEfmt \x10\0\0\0', 'latin1');
	const film = Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1');
	const cardOf = async (bytes: Buffer, duration: string): Promise<FileCard | undefined> => {
		const ann = await somebody();
		const link = await ann.link();
		const { id } = await handIn(ann, bytes, { more: { duration } });
		const [card] = (await say(link, await generalOf(link), [id])) as FileCard[];
		link.close();
		return card;
	};

	test('travels with the message', async () => {
		expect(await cardOf(film, '65000')).toMatchObject({ kind: 'video', duration: 65_000 });
		expect(await cardOf(sound, '1500')).toMatchObject({ kind: 'audio', duration: 1500 });
		expect((await cardOf(Buffer.from('words'), '65000'))?.duration).toBe(undefined);
	});

	test.each(['0', '-5', '86400001', '1e3', 'NaN', ''])(
		'of %j is told to nobody, and turns nothing away',
		async (duration) => {
			const card = await cardOf(film, duration);
			expect([card?.kind, card?.duration]).toEqual(['video', undefined]);
		}
	);
});

describe('the poster of a film', () => {
	const film = Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1');
	const jpeg = (side = 320) => photo(side, side).jpeg().toBuffer();
	type Somebody = Awaited<ReturnType<typeof somebody>>;
	const put = (who: Somebody, id: string, body: Buffer, more: Record<string, string> = {}) =>
		fetch(at(`/api/files/${id}/poster`), {
			method: 'PUT',
			headers: { ...headers(who), 'content-type': 'image/jpeg', ...more },
			body: new Uint8Array(body)
		});
	const handedIn = async (who: Somebody, bytes = film) => (await handIn(who, bytes)).id;

	test('is written anew like a picture, travels as a blur, and is fetched by who may see the film (F7)', async () => {
		const [ann, bob] = [await somebody(), await somebody()];
		const link = await ann.link();
		const id = await handedIn(ann);
		const withPlace = await photo(320, 200)
			.withExif({ IFD0: { Copyright: 'SECRET' } })
			.jpeg()
			.toBuffer();
		expect((await put(ann, id, withPlace)).status).toBe(204);
		expect((await fetchFile(bob, `/api/files/${id}/small`)).status).toBe(404);
		const [card] = (await say(link, await generalOf(link), [id])) as FileCard[];
		expect(card).toMatchObject({ kind: 'video', hash: expect.stringMatching(/^[\w+/=]{20,60}$/) });
		const small = await fetchFile(ann, `/api/files/${id}/small`);
		expect(small.headers.get('content-type')).toBe('image/webp');
		const bytes = Buffer.from(await small.arrayBuffer());
		expect(await sharp(bytes).metadata()).toMatchObject({ width: 320, height: 200 });
		expect(bytes.includes('SECRET')).toBe(false);
		link.close();
	});

	test('is one: a second one changes nothing, nor one that comes after the message', async () => {
		const ann = await somebody();
		const link = await ann.link();
		const [first, late] = [await handedIn(ann), await handedIn(ann)];
		expect((await put(ann, first, await jpeg(100))).status).toBe(204);
		expect((await put(ann, first, await jpeg(300))).status).toBe(204);
		const small = await fetchFile(ann, `/api/files/${first}/small`);
		expect(await sharp(Buffer.from(await small.arrayBuffer())).metadata()).toMatchObject({
			width: 100
		});
		await say(link, await generalOf(link), [late]);
		expect((await put(ann, late, await jpeg())).status).toBe(204);
		expect((await fetchFile(ann, `/api/files/${late}/small`)).status).toBe(404);
		link.close();
	});

	test('is refused from strangers and other origins, for what is no film, and when it is no picture (UPLOAD-16)', async () => {
		const [ann, bob] = [await somebody(), await somebody()];
		const id = await handedIn(ann);
		expect((await put(bob, id, await jpeg())).status).toBe(404);
		expect((await put(ann, newId(), await jpeg())).status).toBe(404);
		expect((await put(ann, id, await jpeg(), { origin: 'https://evil.example' })).status).toBe(403);
		const large = Buffer.concat([await jpeg(), Buffer.alloc(LIMITS.posterBytes)]);
		expect((await put(ann, id, large)).status).toBe(413);
		expect((await put(ann, id, Buffer.from('no picture'))).status).toBe(400);
		expect((await put(ann, await handedIn(ann, Buffer.from('text')), await jpeg())).status).toBe(
			400
		);
		// Nothing of all that is left, and the film still takes one.
		const left = readdirSync(join(server.dataDir, 'incoming'));
		expect(left.filter((name) => name.includes('poster'))).toEqual([]);
		expect((await put(ann, id, await jpeg())).status).toBe(204);
	});
});

describe('who may fetch', () => {
	test('whoever may see a message that carries it, as long as they may (F4, promise 11, HTTP-10, UPLOAD-8)', async () => {
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

	test('a message carries only whole files of its author, each in one message (F2, UPLOAD-10)', async () => {
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
