/** Where bytes live: one contract, on the local disk and on a real store that speaks S3. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { diskStore } from '../../server/files/disk-store.ts';
import { openS3Store } from '../../server/files/s3-store.ts';
import { createLog } from '../../server/log.ts';
import { hasS3, S3_NEEDED, startS3, type S3Server } from '../support/s3.ts';
import { byteStoreContract, type ByteStoreFixture } from './byte-store.ts';
import { suite } from './vitest-suite.ts';

const staging = mkdtempSync(join(tmpdir(), 'roost-bytes-'));
afterAll(() => rmSync(staging, { recursive: true, force: true }));

describe('the local disk', () => {
	const open = () => diskStore(join(staging, 'files'));
	const fixture = { store: open(), again: async () => open(), staging };
	byteStoreContract(suite, () => fixture);
});

describe.skipIf(!hasS3)(`a store that speaks S3${S3_NEEDED}`, () => {
	let server: S3Server;
	let fixture: ByteStoreFixture;
	const open = () => openS3Store(server.config, staging, createLog('silent'));
	beforeAll(async () => {
		server = await startS3();
		fixture = { store: await open(), again: open, staging };
	});
	afterAll(async () => {
		fixture?.store.close();
		await server?.stop();
	});
	byteStoreContract(suite, () => fixture);
});
