/** What administrators have set for the whole server. */
import type { Announcement } from '../../../src/lib/protocol/change.ts';
import type { Registration } from '../../../src/lib/protocol/server-view.ts';
import type { IconMark, SettingKey } from '../../domain/admin-act.ts';
import type { ServerSettingsStore } from '../../domain/admin-port.ts';
import type { SqlDatabase } from './database.ts';

interface Setting {
	key: SettingKey;
	value: string;
}

const settings = (...keys: SettingKey[]): string =>
	`SELECT key, value FROM setting WHERE key IN ('${keys.join("', '")}')`;

const KEY_OF_REGISTRATION: SettingKey = 'registration';
/** Who may make an account; nothing: everybody. */
export const REGISTRATION = `SELECT value FROM setting WHERE key = '${KEY_OF_REGISTRATION}'`;

/** @param db an open database (see open.ts) */
export function createServerSettings(db: SqlDatabase): ServerSettingsStore {
	// Not the bytes of the icon: whoever comes to the door asks this.
	const profile = db.prepare<[], Setting>(settings('server_name', 'registration', 'server_icon'));
	const icon = db.prepare<[], Setting>(settings('server_icon', 'server_icon_bytes'));
	const registration = db.pluck<[], Registration>(REGISTRATION);
	const announced = db.pluck<[string], string | null>('SELECT announcement FROM room WHERE id = ?');

	return {
		async profile() {
			const set = valuesOf(await db.ask(() => profile.all()));
			const mark = set.get('server_icon');
			return {
				name: set.get('server_name') ?? '',
				registration: (set.get('registration') ?? 'open') as Registration,
				icon: mark === undefined ? null : (JSON.parse(mark) as IconMark)
			};
		},
		registration: async () => (await db.ask(() => registration.get())) ?? 'open',
		async announcement(firstRoom) {
			const found = await db.ask(() => announced.get(firstRoom));
			return found ? (JSON.parse(found) as Announcement).text : '';
		},
		async icon(id) {
			// In one statement: bytes of another icon must not go under this one's address.
			const set = valuesOf(await db.ask(() => icon.all()));
			const [mark, bytes] = [set.get('server_icon'), set.get('server_icon_bytes')];
			if (mark === undefined || bytes === undefined) return null;
			const known = JSON.parse(mark) as IconMark;
			return known.id === id ? { type: known.type, bytes: Buffer.from(bytes, 'base64') } : null;
		}
	};
}

const valuesOf = (found: Setting[]): Map<SettingKey, string> =>
	new Map(found.map(({ key, value }) => [key, value]));
