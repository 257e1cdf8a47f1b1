/**
 * Bytes in a store that speaks S3: Amazon's, or one of one's own. Only what every such store knows is asked
 * of it, so the newer checksums stay off; that what lies there is what was sent, Content-MD5 makes sure.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import {
	DeleteObjectCommand,
	GetObjectCommand,
	HeadBucketCommand,
	PutObjectCommand,
	S3Client,
	S3ServiceException
} from '@aws-sdk/client-s3';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Log } from '../log.ts';
import { hasRoomOn } from './disk.ts';
import { ByteStoreError, type ByteStore, type S3Place } from './ports.ts';

/** ms for a connection; for the beginning of an answer; for a whole file on its way there. */
const CONNECT_WITHIN = 5_000;
const ANSWER_WITHIN = 10_000;
const TAKE_WITHIN = 120_000;
/** ms between two looks at a file on its way. */
const LOOK_EVERY = 30_000;
/** Looks at which nothing has moved until it is given up: a store that sends nothing, a reader that takes nothing. */
const STALLED_AFTER = 1;
const PAUSED_AFTER = 2;
/** Tries to hand a file over, and ms before the second one; the third waits twice as long. */
const TRIES = 3;
const PAUSE = 500;
/** ms after which a device asks again when the store cannot be reached. */
const COME_BACK = 10_000;
/** Connections at once: for readers, who may be slow and many, and for everything else, which must not wait for them. */
const READ_SOCKETS = 1_024;
const SOCKETS = 64;

async function md5Of(path: string): Promise<string> {
	const hash = createHash('md5');
	await pipeline(createReadStream(path), hash);
	return hash.digest('base64');
}

const codeOf = (fault: unknown) => (fault instanceof S3ServiceException ? fault.name : '');

/** A part beyond the end is as missing as the whole would be (R3). A missing bucket is no missing file. */
const isMissing = (fault: unknown) =>
	['NoSuchKey', 'NotFound', 'InvalidRange'].includes(codeOf(fault));

/**
 * Ends a connection on which nothing moves. Whoever pauses a film keeps a connection to the store; players
 * ask for the rest when they go on, so that they need not keep it for longer than a moment.
 */
function endWhenStill(body: IncomingMessage): Readable {
	const taken = () => body.socket.bytesRead - body.readableLength;
	let had = taken();
	let still = 0;
	const looking = setInterval(() => {
		still = taken() === had ? still + 1 : 0;
		had = taken();
		if (still >= PAUSED_AFTER) body.destroy(new Error('nobody has taken the file'));
		else if (still >= STALLED_AFTER && !body.isPaused()) {
			body.destroy(new Error('the store has stopped in the middle'));
		}
	}, LOOK_EVERY);
	return body.on('close', () => clearInterval(looking));
}

function clientFor(
	{ endpoint, region, accessKeyId, secretAccessKey, pathStyle }: S3Place,
	maxSockets: number
): S3Client {
	const silent = () => undefined;
	return new S3Client({
		...(endpoint === null ? {} : { endpoint }),
		...{ region, forcePathStyle: pathStyle, credentials: { accessKeyId, secretAccessKey } },
		requestChecksumCalculation: 'WHEN_REQUIRED',
		responseChecksumValidation: 'WHEN_REQUIRED',
		requestHandler: {
			connectionTimeout: CONNECT_WITHIN,
			httpAgent: { maxSockets },
			httpsAgent: { maxSockets }
		},
		// What fails is written down here, once.
		logger: { debug: silent, info: silent, warn: silent, error: silent, trace: silent }
	});
}

/** What whoever runs the server has to do about it. */
function explained(fault: unknown, { endpoint, bucket }: S3Place): ByteStoreError {
	const where = endpoint ?? 'Amazon S3';
	const status = fault instanceof S3ServiceException ? fault.$metadata.httpStatusCode : undefined;
	const say = (sentence: string) => new ByteStoreError(`${where} ${sentence}`, fault);
	if (status === 403 || status === 401) {
		return say(
			`does not let the server use the bucket "${bucket}". Check S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_REGION, and that the key may list, read, write and delete there.`
		);
	}
	if (status === 404) return say(`has no bucket "${bucket}". Make it, or correct S3_BUCKET.`);
	if (status === 301 || status === 400) {
		return say(
			`does not have the bucket "${bucket}" in this region. Correct S3_REGION, or S3_FORCE_PATH_STYLE.`
		);
	}
	const why = fault instanceof Error ? fault.message || fault.name : String(fault);
	return say(
		`is where files are to be kept, and does not answer (${why}). Start it, or correct S3_ENDPOINT.`
	);
}

/**
 * Opens the store. Rejects with ByteStoreError when it cannot be reached, or may not be written.
 * @param staging folder of the local disk on which uploads wait until they are whole
 */
export async function openS3Store(config: S3Place, staging: string, log: Log): Promise<ByteStore> {
	const client = clientFor(config, SOCKETS);
	const reader = clientFor(config, READ_SOCKETS);
	const at = (name: string) => ({ Bucket: config.bucket, Key: `${config.prefix}${name}` });

	/** Nobody's fault but the store's: the device keeps what it has and comes back. */
	function unreachable(fault: unknown, doing: string): RefusalError {
		log.error({ err: fault, doing }, 'the store for files failed');
		return new RefusalError(refuse('busy', { after: COME_BACK }));
	}

	async function put(name: string, path: string): Promise<void> {
		const [{ size }, md5] = await Promise.all([stat(path), md5Of(path)]);
		for (let attempt = 1; ; attempt++) {
			const bytes = createReadStream(path);
			try {
				await client.send(
					new PutObjectCommand({ ...at(name), Body: bytes, ContentLength: size, ContentMD5: md5 }),
					{ abortSignal: AbortSignal.timeout(TAKE_WITHIN) }
				);
				return;
			} catch (fault) {
				if (attempt === TRIES) throw fault;
				log.warn({ err: fault, attempt }, 'a file was not taken by its store; trying again');
				await pause(PAUSE * attempt);
			} finally {
				bytes.destroy();
			}
		}
	}

	const soon = () => ({ abortSignal: AbortSignal.timeout(ANSWER_WITHIN) });
	const remove = (name: string) => client.send(new DeleteObjectCommand(at(name)), soon());

	try {
		await client.send(new HeadBucketCommand({ Bucket: config.bucket }), soon());
		const probe = at('roost-was-here');
		await client.send(new PutObjectCommand({ ...probe, Body: 'May be removed.\n' }), soon());
		await remove('roost-was-here');
	} catch (fault) {
		client.destroy();
		reader.destroy();
		throw explained(fault, config);
	}

	return {
		async take(name, path) {
			await put(name, path).catch((fault: unknown) => {
				throw unreachable(fault, 'handing a file over');
			});
			await rm(path, { force: true });
		},
		async open(name, range) {
			// Only the beginning has to come soon: the rest takes as long as its reader does.
			const stop = new AbortController();
			const late = setTimeout(() => stop.abort(), ANSWER_WITHIN);
			const part = range ? { Range: `bytes=${range.start}-${range.end}` } : {};
			try {
				const get = new GetObjectCommand({ ...at(name), ...part });
				const { Body } = await reader.send(get, { abortSignal: stop.signal });
				return endWhenStill(Body as IncomingMessage);
			} catch (fault) {
				if (isMissing(fault)) return null;
				throw unreachable(fault, 'fetching a file');
			} finally {
				clearTimeout(late);
			}
		},
		async remove(name) {
			await remove(name).catch((fault: unknown) => {
				throw unreachable(fault, 'removing a file');
			});
		},
		hasRoom: (bytes) => hasRoomOn(staging, bytes),
		close() {
			client.destroy();
			reader.destroy();
		}
	};
}
