/** Handing files in and fetching them, as a device does it, one request at a time. */
import { createHash } from 'node:crypto';
import type { FileCard, MessageRow } from '../../src/lib/protocol/change.ts';
import type { RefusalCode } from '../../src/lib/protocol/refusal.ts';
import type { ActDraft } from '../../src/lib/sync/outbox/create-act.ts';
import { newId, type Person, type TestLink } from './person.ts';

/** Where files are handed in. */
export const UPLOAD = '/api/files/upload';

/** What is said of a file; what is left out is true. */
export interface Said {
	id?: string;
	name?: string;
	type?: string;
	sha256?: string;
	length?: number;
	/** metadata besides */
	more?: Record<string, string>;
}

/** @param where the server, asked for each time: tests restart theirs */
export function filing(where: () => { port: number; origin: string }) {
	const at = (path: string) => `http://127.0.0.1:${where().port}${path}`;
	const headers = (who: Person, more: Record<string, string> = {}) => ({
		...{ cookie: who.cookie, origin: where().origin, 'tus-resumable': '1.0.0' },
		...more
	});

	/** Begins an upload; `url` is where it goes on. */
	async function begin(who: Person, bytes: Buffer, said: Said = {}) {
		const id = said.id ?? newId();
		const metadata = Object.entries({
			id,
			name: said.name ?? 'some file.bin',
			type: said.type ?? 'application/octet-stream',
			sha256: said.sha256 ?? createHash('sha256').update(bytes).digest('hex'),
			...said.more
		});
		const response = await fetch(at(UPLOAD), {
			method: 'POST',
			headers: headers(who, {
				'upload-length': String(said.length ?? bytes.length),
				'upload-metadata': metadata
					.map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
					.join(',')
			})
		});
		const text = await response.text();
		return { id, status: response.status, text, url: response.headers.get('location') ?? '' };
	}

	const send = (who: Person, url: string, offset: number, bytes: Buffer) =>
		fetch(at(url), {
			method: 'PATCH',
			headers: headers(who, {
				'upload-offset': String(offset),
				'content-type': 'application/offset+octet-stream'
			}),
			body: new Uint8Array(bytes)
		});

	/** How much of an upload the server has. */
	async function offsetOf(who: Person, url: string) {
		const response = await fetch(at(url), { method: 'HEAD', headers: headers(who) });
		return { status: response.status, offset: Number(response.headers.get('upload-offset')) };
	}

	/** Hands a file in at once. */
	async function handIn(who: Person, bytes: Buffer, said: Said = {}) {
		const begun = await begin(who, bytes, said);
		if (begun.status !== 201) return { ...begun, done: null };
		const done = await send(who, begun.url, 0, bytes);
		return { ...begun, done: done.status, text: await done.text() };
	}

	async function act(link: TestLink, draft: ActDraft) {
		const { results } = await link.request('acts', {
			acts: [{ id: newId(), at: Date.now(), ...draft } as never]
		});
		return results[0]!;
	}

	/** Says something with files; answers the cards of the message, or why it was refused. */
	async function say(
		link: TestLink,
		room: string,
		files: string[],
		body = ''
	): Promise<FileCard[] | RefusalCode> {
		const result = await act(link, { kind: 'message.post', room, body, files });
		if (result.status !== 'accepted') return result.refusal.code;
		const row = result.rows.find((one): one is MessageRow => one.kind === 'message')!;
		return row.files!;
	}

	const asking =
		(method: 'GET' | 'HEAD') =>
		(who: Person | null, path: string, more: Record<string, string> = {}) =>
			fetch(at(path), { method, headers: { ...(who ? { cookie: who.cookie } : {}), ...more } });
	const [fetchFile, headOf] = [asking('GET'), asking('HEAD')];

	return { at, headers, begin, send, offsetOf, handIn, act, say, fetchFile, headOf };
}
