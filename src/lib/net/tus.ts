/** Handing files in by tus: each goes on where it was cut, also after the browser was closed. */
import { refuse, type Refusal } from '../protocol/refusal.ts';
import type { FileTransport, HandedIn, LocalFile } from '../sync/ports-files.ts';

const ENDPOINT = '/api/files/upload';
/** Bytes of one request: at 300 kbit/s it ends within the 30 s that the server gives a request. */
const CHUNK = 1024 * 1024;

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

function outcome(fault: unknown): HandedIn {
	const response = (fault as Told).originalResponse;
	if (!response) return { is: 'later', after: null };
	const refusal = refusalIn(response.getBody());
	// Handed in before: what this device was told got lost.
	if (refusal?.code === 'id_conflict') return { is: 'done' };
	if (refusal && refusal.cure !== 'wait' && refusal.cure !== 'sign-in') {
		return { is: 'refused', refusal };
	}
	if (response.getStatus() === 413) return { is: 'refused', refusal: refuse('file_too_large') };
	return { is: 'later', after: refusal?.after ?? null };
}

/** The transport of a browser. */
export const tusTransport: FileTransport = {
	async handIn(file: LocalFile, bytes, progress, stop) {
		if (stop.aborted) return { is: 'later', after: null };
		// Loaded only by who sends a file.
		const { Upload } = await import('tus-js-client');
		return new Promise<HandedIn>((resolve) => {
			const upload = new Upload(bytes, {
				endpoint: ENDPOINT,
				uploadUrl: file.url,
				chunkSize: CHUNK,
				// Trying again is the sender's matter: it knows whether there is a link.
				retryDelays: null,
				storeFingerprintForResuming: false,
				metadata: {
					id: file.id,
					name: file.name,
					type: file.type,
					...(file.sha256 === null ? {} : { sha256: file.sha256 })
				},
				onUploadUrlAvailable: () => progress({ url: upload.url, sent: file.sent }),
				onProgress: (sent) => progress({ url: upload.url, sent }),
				onSuccess: () => resolve({ is: 'done' }),
				onError: (fault) => resolve(outcome(fault))
			});
			stop.addEventListener('abort', () => {
				void upload.abort().then(() => resolve({ is: 'later', after: null }));
			});
			upload.start();
		});
	}
};
