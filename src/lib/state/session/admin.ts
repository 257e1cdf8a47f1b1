/** What administrators ask and do: at the server, now or not at all. Nothing of it is kept on the device. */
import { adminApi, type AdminApi, type ServerChange } from '../../net/admin-api.ts';
import type { Refused } from '../../net/api-request.ts';
import { asked, type Asked } from './account.ts';

export {
	ANNOUNCEMENT_MAX,
	ROOM_COUNT_MAX,
	ROOM_KEPT,
	SERVER_NAME_MAX
} from '../../protocol/admin.ts';
export type {
	AuditEntry,
	MemberEntry,
	PersonEntry,
	ReportAction,
	ReportEntry,
	RoomEntry,
	Sample,
	ServerSettings,
	Storage
} from '../../protocol/admin.ts';
export type { Registration } from '../../protocol/server-view.ts';
export type { AdminApi, Refused, ServerChange };

const api = adminApi();

/** Asks the endpoints of the admin pages. */
export const askAdmin = <T extends object>(
	ask: (api: AdminApi) => Promise<T | Refused>
): Promise<Asked<T>> => asked(() => ask(api));
