/** The table of known devices. Knows only hashes of tokens, as that of sessions. */
import type { SqlDatabase } from './database.ts';
import type { DeviceStore } from '../../auth/device-store.ts';

/** @param db an open database (see open.ts) */
export function createDeviceStore(db: SqlDatabase): DeviceStore {
	const insert = db.prepare(
		`INSERT INTO known_device (id, person, session, used_at, expires_at)
		SELECT @id, p.id, @session, @usedAt, @expiresAt FROM person p
		WHERE p.id = @person AND p.disabled_at IS NULL
		AND EXISTS (SELECT 1 FROM session s WHERE s.person = p.id AND s.public_id = @session)`
	);
	const trim = db.prepare(
		`DELETE FROM known_device WHERE id IN (SELECT id FROM known_device
			WHERE person = ? ORDER BY used_at DESC, id <> ? LIMIT 1000000 OFFSET ?)`
	);
	const find = db.pluck<[string, string, number], string>(
		`SELECT id FROM known_device
			WHERE id IN ${db.dialect.texts('?')} AND person = ? AND expires_at > ?`
	);
	const remove = db.prepare(`DELETE FROM known_device WHERE id IN ${db.dialect.texts('?')}`);
	const removeExpired = db.prepare('DELETE FROM known_device WHERE expires_at <= ?');
	return {
		insert: (device, most) =>
			db.write(function* () {
				yield* insert.run(device);
				yield* trim.run(device.person, device.id, most);
			}),
		find: (ids, person, now) => db.ask(() => find.all(JSON.stringify(ids), person, now)),
		async remove(ids) {
			await db.ask(() => remove.run(JSON.stringify(ids)));
		},
		async removeExpired(now) {
			await db.ask(() => removeExpired.run(now));
		}
	};
}
