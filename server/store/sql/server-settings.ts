/** What administrators have set for the whole server. */
import type { Announcement } from '../../../src/lib/protocol/change.ts';
import type { Registration } from '../../../src/lib/protocol/server-view.ts';
import type { ServerSettingsStore } from '../../domain/admin-port.ts';
import type { SqlDatabase } from './database.ts';

/** An icon as it is kept (server/http/admin-server.ts). */
interface StoredIcon {
	/** new with every icon */
	id: string;
	/** MIME type */
	type: string;
	/** base64 */
	bytes: string;
}

/** @param db an open database (see open.ts) */
export function createServerSettings(db: SqlDatabase): ServerSettingsStore {
	const setting = db.pluck<[string], string>('SELECT value FROM setting WHERE key = ?');
	const announced = db.pluck<[], string>(
		'SELECT announcement FROM room WHERE announcement IS NOT NULL'
	);
	const read = (key: string) => db.ask(() => setting.get(key));

	async function icon(): Promise<StoredIcon | null> {
		const value = await read('server_icon');
		return value === undefined ? null : (JSON.parse(value) as StoredIcon);
	}

	return {
		async profile() {
			const announcement = await db.ask(() => announced.get());
			return {
				name: (await read('server_name')) ?? '',
				registration: ((await read('registration')) ?? 'open') as Registration,
				icon: (await icon())?.id ?? null,
				announcement: announcement ? (JSON.parse(announcement) as Announcement).text : ''
			};
		},
		async icon() {
			const found = await icon();
			return found && { type: found.type, bytes: Buffer.from(found.bytes, 'base64') };
		}
	};
}
