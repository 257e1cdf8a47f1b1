/** Handing files in by tus: each goes on where it was cut, also after the browser was closed. */
import { FILE_UPLOAD_PATH, posterPath } from '../protocol/paths.ts';
import { refuse, type Refusal } from '../protocol/refusal.ts';
import { anySignal } from '../sync/any-signal.ts';
import type { FileTransport, HandedIn, LocalFile } from '../sync/ports-files.ts';

/** Bytes of one request: at 300 kbit/s it ends within the 30 s that the server gives a request. */
const CHUNK = 1024 * 1024;
/** ms, see TusOptions. Slow lines are given up, too, and lose nothing: they go on where the server says. */
export const STALLED_AFTER = 30_000;
/** ms in which a film's poster must be on the server: its message waits so long at the most. */
const POSTER_WITHIN = 5_000;
const LATER: HandedIn = { is: 'later', after: null };

/** What tus tells of an answer. */
interface Told {
	originalResponse?: { getStatus(): number; getBody(): string } | null;
}

/** What the server said when it refused. */
function refusalIn(body: string): Refusal | null {
	try {
		const said = JSON.parse(body) as { refused?: Refusal } | null;
		return typeof said?.refused?.code === 'string' ? said.refused : null;
	} catch {
		// Not our server's words: a proxy, a sign-in page.
		return null;
	}
}

function outcomeOf(error: unknown): HandedIn {
	const response = (error as Told).originalResponse;
	if (!response) return LATER;
	const refusal = refusalIn(response.getBody());
	// Handed in before: what this device was told got lost.
	if (refusal?.code === 'id_conflict') return { is: 'done' };
	if (refusal && refusal.action !== 'wait' && refusal.action !== 'sign-in') {
		return { is: 'refused', refusal };
	}
	if (response.getStatus() === 413) return { is: 'refused', refusal: refuse('file_too_large') };
	return { is: 'later', after: refusal?.after ?? null };
}

/** What addresses of uploads are relative to. */
const base = (endpoint: string) => new URL(endpoint, globalThis.location?.href).href;

const metadataOf = ({ id, name, type, sha256, width, height, duration }: LocalFile) => ({
	id,
	name,
	type,
	...(sha256 === null ? {} : { sha256 }),
	// Of a film nobody else can tell; a picture's size the server measures.
	...(width === null || height === null ? {} : { width: String(width), height: String(height) }),
	...(duration ? { duration: String(duration) } : {})
});

/** The server says that an upload is not there: forgotten, or finished in a form that this device did not hear of. */
const isGone = (error: unknown) =>
	[404, 410].includes((error as Told).originalResponse?.getStatus() ?? 0);

/** What differs outside of a page. */
interface TusOptions {
	/** where files are handed in */
	endpoint: string;
	/** added to each request */
	headers: Record<string, string>;
	/** The bytes in the form that tus takes there. */
	open: (bytes: Blob) => Promise<Blob | Buffer>;
	/** ms without any progress after which a connection is taken for dead */
	stalledAfter: number;
}

const IN_A_PAGE: TusOptions = {
	endpoint: FILE_UPLOAD_PATH,
	headers: {},
	open: async (bytes) => bytes,
	stalledAfter: STALLED_AFTER
};

/**
 * Hands in what stands for a film until it plays. Tried once, and for so long: a film without its poster is a
 * film all the same, and its message is not to wait for it.
 */
async function handInPoster(
	url: URL,
	poster: Blob,
	headers: Record<string, string>,
	stop: AbortSignal
): Promise<void> {
	try {
		await fetch(url, {
			method: 'PUT',
			headers: { ...headers, 'content-type': 'image/jpeg' },
			body: poster,
			signal: anySignal([stop, AbortSignal.timeout(POSTER_WITHIN)])
		});
	} catch {
		// The network, or whoever stopped it: the film has arrived.
	}
}

export function createTusTransport(options: Partial<TusOptions> = {}): FileTransport {
	const { endpoint, headers, open, stalledAfter } = { ...IN_A_PAGE, ...options };

	const transport: FileTransport = {
		async handIn(file, bytes, progress, stop) {
			if (stop.aborted) return LATER;
			// Loaded only by who sends a file.
			const { Upload } = await import('tus-js-client');
			const opened = await open(bytes);
			const outcome = await new Promise<HandedIn | 'gone'>((resolve) => {
				const upload = new Upload(opened as Blob, {
					// Without it an error while resuming is reported; with it, tus would begin anew at the first byte.
					...(file.url === null ? { endpoint } : {}),
					uploadUrl: file.url === null ? null : new URL(file.url, base(endpoint)).href,
					headers,
					chunkSize: CHUNK,
					// Trying again is the sender's matter: it knows whether there is a link.
					retryDelays: null,
					storeFingerprintForResuming: false,
					metadata: metadataOf(file),
					onUploadUrlAvailable: () => (moves(), progress({ url: upload.url, sent: file.sent })),
					onProgress: (sent) => (moves(), progress({ url: upload.url, sent })),
					onSuccess: () => end({ is: 'done' }),
					onError: (error) => end(file.url !== null && isGone(error) ? 'gone' : outcomeOf(error))
				});
				const give = () => void upload.abort().then(() => end(LATER));
				let stalled = setTimeout(give, stalledAfter);
				/** Nothing else ends a request whose line went silent (NET-2). */
				function moves(): void {
					clearTimeout(stalled);
					stalled = setTimeout(give, stalledAfter);
				}
				function end(how: HandedIn | 'gone'): void {
					clearTimeout(stalled);
					stop.removeEventListener('abort', give);
					resolve(how);
				}
				stop.addEventListener('abort', give);
				upload.start();
			});
			if (outcome !== 'gone') {
				if (outcome.is !== 'done' || !file.poster) return outcome;
				const url = new URL(posterPath(file.id), base(endpoint));
				await handInPoster(url, file.poster, headers, stop);
				return stop.aborted ? LATER : outcome;
			}
			const anew = { url: null, sent: 0 };
			progress(anew);
			return transport.handIn({ ...file, ...anew }, bytes, progress, stop);
		}
	};
	return transport;
}

/** The transport of a browser. */
export const tusTransport: FileTransport = createTusTransport();
