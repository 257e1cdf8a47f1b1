/** The connection to a store that speaks S3, and what its errors mean. */
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ByteStoreError, type S3Place } from './file-ports.ts';

/** ms for a connection. */
const CONNECT_WITHIN = 5_000;

/** @param maxSockets connections at once */
export function createS3Client(
	{ endpoint, region, accessKeyId, secretAccessKey, pathStyle }: S3Place,
	maxSockets: number
): S3Client {
	const silent = () => undefined;
	return new S3Client({
		...(endpoint === null ? {} : { endpoint }),
		region,
		forcePathStyle: pathStyle,
		credentials: { accessKeyId, secretAccessKey },
		requestChecksumCalculation: 'WHEN_REQUIRED',
		responseChecksumValidation: 'WHEN_REQUIRED',
		requestHandler: {
			connectionTimeout: CONNECT_WITHIN,
			httpAgent: { maxSockets },
			httpsAgent: { maxSockets }
		},
		// Errors are logged by the store, once.
		logger: { debug: silent, info: silent, warn: silent, error: silent, trace: silent }
	});
}

const codeOf = (error: unknown) => (error instanceof S3ServiceException ? error.name : '');

/** A part beyond the end is as missing as the whole would be (RESTORE-3). A missing bucket is no missing file. */
export const isMissing = (error: unknown): boolean =>
	['NoSuchKey', 'NotFound', 'InvalidRange'].includes(codeOf(error));

/** An error of the first contact, saying to whoever runs the server what to change. */
export function startupError(error: unknown, { endpoint, bucket }: S3Place): ByteStoreError {
	const where = endpoint ?? 'Amazon S3';
	const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
	const say = (sentence: string) => new ByteStoreError(`${where} ${sentence}`, error);
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
	const why = error instanceof Error ? error.message || error.name : String(error);
	return say(
		`is where files are to be kept, and does not answer (${why}). Start it, or correct S3_ENDPOINT.`
	);
}
