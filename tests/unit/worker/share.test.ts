/** What other apps share is kept by the worker, with or without a network, and the window is always sent on. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../../src/lib/protocol/limits.ts';
import { sharedText, takeIn, type Intake } from '../../../src/lib/db/share-intake.ts';
import { StoreError } from '../../../src/lib/sync/ports.ts';
import { isShare, takeShare } from '../../../src/lib/worker/share.ts';

const URL_ = 'https://roost.example/share';
const file = (name: string, size = 3, type = 'text/plain'): File =>
	new File([new Uint8Array(size)], name, { type });

/** A file that says it is that large, without being it. */
function large(name: string, size: number, type: string): File {
	return Object.defineProperty(file(name, 1, type), 'size', { value: size });
}

describe('the words of a share', () => {
	const text = (handed: Partial<Parameters<typeof sharedText>[0]>): string =>
		sharedText({ files: [], ...handed });

	test('title, text and address stand on lines of their own, and nothing twice', () => {
		const url = 'https://example.org/a';
		expect(text({ title: 'A page', text: 'Look', url })).toBe(`A page\nLook\n${url}`);
		expect(text({ title: 'A page', text: `A page ${url}`, url })).toBe(`A page ${url}`);
		expect(text({ url })).toBe(url);
		expect(text({ title: ' ', text: '' })).toBe('');
	});

	test('lines are as they were before the form made CR LF of them', () => {
		expect(text({ text: 'one\r\ntwo' })).toBe('one\ntwo');
	});

	test('a file is not called by its name once more', () => {
		expect(text({ title: 'IMG_1.jpg', files: [file('IMG_1.jpg')] })).toBe('');
		expect(text({ title: 'Our trip', files: [file('IMG_1.jpg')] })).toBe('Our trip');
	});
});

describe('what is kept', () => {
	test('what cannot be sent is left out with its reason; ten files at most', () => {
		// Too large for a picture: it goes as a file.
		const picture = large('huge.png', LIMITS.imageBytes + 1, 'image/png');
		const film = large('film.mp4', LIMITS.fileBytes + 1, 'video/mp4');
		const eight = Array.from({ length: LIMITS.filesMax - 2 }, (_, n) => file(`${n}.txt`));
		const allowed = large('big.bin', LIMITS.fileBytes, '');
		const taken = takeIn({
			files: [file('none.txt', 0), picture, film, ...eight, allowed, file('one too many')]
		});
		expect(taken.files.map(({ name }) => name)).toEqual([
			'huge.png',
			...eight.map((one) => one.name),
			'big.bin'
		]);
		expect(taken.left).toEqual([
			{ name: 'none.txt', reason: 'empty' },
			{ name: 'film.mp4', reason: 'too-large' },
			{ name: 'one too many', reason: 'too-many' }
		]);
	});

	test('no word is lost: what is too long for a message becomes a file', async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: -2, max: 2 }), async (more) => {
				const said = '鸟'.repeat(LIMITS.messageMax + more);
				const { text, files } = takeIn({ text: said, files: [] });
				expect(text + (await Promise.all(files.map((one) => one.text()))).join('')).toBe(said);
				expect(files.length).toBe(more > 0 ? 1 : 0);
			})
		);
	});
});

describe('the form', () => {
	function post(fields: [string, string | File][]): Request {
		const body = new FormData();
		for (const [name, value] of fields) body.append(name, value);
		return new Request(URL_, { method: 'POST', body });
	}
	async function taken(
		request: Request,
		keep: (intake: Intake) => Promise<string | null> = async () => 'id1'
	) {
		const errors: unknown[] = [];
		const answer = await takeShare(request, { keep, onError: (error) => void errors.push(error) });
		return { status: answer.status, to: answer.headers.get('location'), errors };
	}

	test('only a form posted to its own address is one', () => {
		const get = { url: URL_, method: 'GET' };
		expect(isShare(get)).toBe(false);
		expect(isShare({ ...get, method: 'POST' })).toBe(true);
		expect(isShare({ url: 'https://roost.example/api/files', method: 'POST' })).toBe(false);
	});

	test('is kept, and the window goes on by GET to choose a place', async () => {
		const kept: Intake[] = [];
		const request = post([
			['title', 'Notes'],
			['text', 'read\nthis'],
			['files', file('a.txt')],
			['files', file('b.png', 5, 'image/png')],
			['files', new File([], '')],
			['something else', 'ignored']
		]);
		const { status, to } = await taken(request, async (intake) => (kept.push(intake), 'id7'));
		expect([status, to]).toEqual([303, 'https://roost.example/share?id=id7']);
		expect(kept[0]?.text).toBe('Notes\nread\nthis');
		expect(kept[0]?.files.map(({ name, size, type }) => [name, size, type])).toEqual([
			['a.txt', 3, 'text/plain'],
			['b.png', 5, 'image/png']
		]);
		expect(kept[0]?.left).toEqual([]);
	});

	test('with nothing in it is no share; one whose files were all left out is, and says so', async () => {
		const kept: Intake[] = [];
		const keep = async (intake: Intake): Promise<string> => (kept.push(intake), 'id8');
		const nothing = post([
			['text', ' '],
			['files', new File([], '')],
			['something else', 'ignored']
		]);
		expect((await taken(nothing, keep)).to).toBe('https://roost.example/share?fault=unreadable');
		expect(kept).toEqual([]);
		const leftOut = await taken(post([['files', file('empty.txt', 0)]]), keep);
		expect(leftOut.to).toBe('https://roost.example/share?id=id8');
		expect(kept[0]?.left).toEqual([{ name: 'empty.txt', reason: 'empty' }]);
	});

	test('that cannot be kept or read leads to the reason, and is reported', async () => {
		const full = await taken(post([['text', 'x']]), () => Promise.reject(new StoreError('full')));
		expect([full.status, full.to]).toEqual([303, 'https://roost.example/share?fault=full']);
		const many = await taken(post([['text', 'x']]), async () => null);
		expect([many.to, many.errors]).toEqual(['https://roost.example/share?fault=too-many', []]);
		const broken = new Request(URL_, { method: 'POST', body: 'not a form' });
		const { to, errors } = await taken(broken);
		expect(to).toBe('https://roost.example/share?fault=unreadable');
		expect(errors.length).toBe(1);
	});
});
