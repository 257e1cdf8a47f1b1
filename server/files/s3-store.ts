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
	type S3Client
} from '@aws-sdk/client-s3';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { Log } from '../log.ts';
import { hasRoomOn } from './disk-store.ts';
import type { ByteRange, ByteStore, S3Place } from './file-ports.ts';
import { createS3Client, isMissing, startupError } from './s3-client.ts';

/** ms for the beginning of an answer; for a whole file on its way there. */
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

/**
 * Ends a connection on which nothing moves. Whoever pauses a video keeps a connection to the store; players
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

const soon = () => ({ abortSignal: AbortSignal.timeout(ANSWER_WITHIN) });

/** Written and removed at the start, to see that it may be. */
const PROBE = 'roost-was-here';

/**
 * Opens the store. Rejects with ByteStoreError when it cannot be reached, or may not be written.
 * @param staging folder of the local disk on which uploads wait until they are whole
 */
export async function openS3Store(config: S3Place, staging: string, log: Log): Promise<ByteStore> {
	const store = new S3Store(config, staging, log);
	try {
		await store.probe();
		return store;
	} catch (error) {
		store.close();
		throw startupError(error, config);
	}
}

class S3Store implements ByteStore {
	readonly #config: S3Place;
	readonly #staging: string;
	readonly #log: Log;
	readonly #client: S3Client;
	readonly #reader: S3Client;

	constructor(config: S3Place, staging: string, log: Log) {
		this.#config = config;
		this.#staging = staging;
		this.#log = log;
		this.#client = createS3Client(config, SOCKETS);
		this.#reader = createS3Client(config, READ_SOCKETS);
	}

	/** Does what the server will have to do. Rejects with the error of the store. */
	async probe(): Promise<void> {
		await this.#client.send(new HeadBucketCommand({ Bucket: this.#config.bucket }), soon());
		const probe = { ...this.#at(PROBE), Body: 'May be removed.\n' };
		await this.#client.send(new PutObjectCommand(probe), soon());
		await this.#delete(PROBE);
	}

	async take(name: string, path: string): Promise<void> {
		await this.#put(name, path).catch((error: unknown) => {
			throw this.#unreachable(error, 'handing a file over');
		});
		await rm(path, { force: true });
	}

	async open(name: string, range?: ByteRange): Promise<Readable | null> {
		// Only the beginning has to come soon: the rest takes as long as its reader does.
		const stop = new AbortController();
		const late = setTimeout(() => stop.abort(), ANSWER_WITHIN);
		const part = range ? { Range: `bytes=${range.start}-${range.end}` } : {};
		try {
			const get = new GetObjectCommand({ ...this.#at(name), ...part });
			const { Body } = await this.#reader.send(get, { abortSignal: stop.signal });
			return endWhenStill(Body as IncomingMessage);
		} catch (error) {
			if (isMissing(error)) return null;
			throw this.#unreachable(error, 'fetching a file');
		} finally {
			clearTimeout(late);
		}
	}

	async remove(name: string): Promise<void> {
		await this.#delete(name).catch((error: unknown) => {
			throw this.#unreachable(error, 'removing a file');
		});
	}

	hasRoom(bytes: number): Promise<boolean> {
		return hasRoomOn(this.#staging, bytes);
	}

	close(): void {
		this.#client.destroy();
		this.#reader.destroy();
	}

	#at(name: string): { Bucket: string; Key: string } {
		return { Bucket: this.#config.bucket, Key: `${this.#config.prefix}${name}` };
	}

	async #put(name: string, path: string): Promise<void> {
		const [{ size }, md5] = await Promise.all([stat(path), md5Of(path)]);
		for (let attempt = 1; ; attempt++) {
			const bytes = createReadStream(path);
			try {
				await this.#client.send(
					new PutObjectCommand({
						...this.#at(name),
						Body: bytes,
						ContentLength: size,
						ContentMD5: md5
					}),
					{ abortSignal: AbortSignal.timeout(TAKE_WITHIN) }
				);
				return;
			} catch (error) {
				if (attempt === TRIES) throw error;
				this.#log.warn({ err: error, attempt }, 'a file was not taken by its store; trying again');
				await pause(PAUSE * attempt);
			} finally {
				bytes.destroy();
			}
		}
	}

	async #delete(name: string): Promise<void> {
		await this.#client.send(new DeleteObjectCommand(this.#at(name)), soon());
	}

	/** The device keeps what it has and comes back: it is the store that does not work. */
	#unreachable(error: unknown, doing: string): RefusalError {
		this.#log.error({ err: error, doing }, 'the store for files failed');
		return new RefusalError(refuse('busy', { after: COME_BACK }));
	}
}
