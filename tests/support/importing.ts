/** Imports into a data folder of their own, and what is there afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../server/config.ts';
import type { ImportReport } from '../../server/import/report.ts';
import { runImport } from '../../server/import/run-import.ts';
import { createLog } from '../../server/log.ts';
import { startServer, type TestServer } from './server.ts';

/** A message as it stands in the database. */
export interface MessageInRoom {
	id: string;
	room: string;
	seq: number;
	author: string;
	body: string;
	at: number;
	reply: string | null;
	reply_seq: number | null;
	mentions: string | null;
	reactions: string | null;
	files: string | null;
	edited_at: number | null;
	deleted_at: number | null;
	pinned_at: number | null;
	name: string;
}

export interface Importing {
	readonly dir: string;
	bringIn(file: string, over?: { isDry?: boolean; owner?: string }): Promise<ImportReport>;
	/** Does something with a server on the data. */
	serving<A>(work: (server: TestServer) => Promise<A>): Promise<A>;
	/** What is said in the room of this name, with the names of the authors. */
	said(room: string): Promise<MessageInRoom[]>;
	remove(): void;
}

/** @param kind what is brought in */
export function importing(kind: string): Importing {
	const dir = mkdtempSync(join(tmpdir(), 'roost-import-'));
	const DATA_DIR = join(dir, 'data');
	async function serving<A>(work: (server: TestServer) => Promise<A>): Promise<A> {
		const server = await startServer({ DATA_DIR });
		try {
			return await work(server);
		} finally {
			await server.stop();
		}
	}
	return {
		dir,
		bringIn: (file, { isDry = false, owner = null as string | null } = {}) =>
			runImport({
				...{ config: readConfig({ DATA_DIR }), log: createLog('silent'), kind },
				...{ file: join(dir, file), isDry, owner }
			}),
		serving,
		said: (room) =>
			serving((server) =>
				server.query<MessageInRoom>(
					`SELECT m.*, p.name FROM message m JOIN person p ON p.id = m.author
					JOIN room r ON r.id = m.room WHERE r.name = ? ORDER BY m.seq`,
					room
				)
			),
		remove: () => rmSync(dir, { recursive: true, force: true })
	};
}
