/** The endpoints of the admin pages over fetch. Each verb rejects with LinkError when the server could not be asked. */
import type * as v from 'valibot';
import {
	Audit,
	Members,
	Numbers,
	PasswordLinkView,
	People,
	Reports,
	Rooms,
	ServerSettings,
	Storage,
	type ReportAction,
	type ServerBody
} from '../protocol/admin.ts';
import { Done, readAs, request } from './api-request.ts';
import type { HttpParts } from './probe.ts';

/** Where these endpoints are. */
const ROOT = '/api/admin';

/** The query of an address, without what is empty. */
function queryOf(fields: Record<string, string>): string {
	const given = Object.entries(fields).filter(([, value]) => value !== '');
	return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

const flag = (on: boolean): string => (on ? '1' : '');

/** Makes the endpoints' client side. */
export function adminApi(parts: HttpParts = {}) {
	const get = async <S extends v.GenericSchema>(schema: S, path: string) =>
		readAs(schema, await request(parts, ROOT + path));
	const post = async (path: string, body: object = {}) =>
		readAs(Done, await request(parts, ROOT + path, body));
	const person = (id: string, verb: string, body?: object) => post(`/people/${id}/${verb}`, body);

	return {
		people: (q: string, after: string) => get(People, `/people${queryOf({ q, after })}`),
		setDisabled: (id: string, on: boolean) => person(id, 'disabled', { on }),
		setAdmin: (id: string, on: boolean) => person(id, 'admin', { on }),
		endSessions: (id: string) => person(id, 'end-sessions'),
		passwordLink: async (id: string) =>
			readAs(PasswordLinkView, await request(parts, `${ROOT}/people/${id}/password-link`, {})),
		rooms: (q: string, after: string, deleted: boolean) =>
			get(Rooms, `/rooms${queryOf({ q, after, deleted: flag(deleted) })}`),
		members: (id: string, after: string) =>
			get(Members, `/rooms/${id}/members${queryOf({ after })}`),
		deleteRoom: (id: string) => post(`/rooms/${id}/delete`),
		/** @param name where the room's own has been taken */
		restoreRoom: (id: string, name?: string) =>
			post(`/rooms/${id}/restore`, name === undefined ? {} : { name }),
		reports: (after: string, resolved: boolean) =>
			get(Reports, `/reports${queryOf({ after, resolved: flag(resolved) })}`),
		resolve: (id: string, action: ReportAction) => post(`/reports/${id}/resolve`, { action }),
		audit: (after: string) => get(Audit, `/audit${queryOf({ after })}`),
		storage: () => get(Storage, '/storage'),
		numbers: (since: number) => get(Numbers, `/numbers?since=${since}`),
		server: () => get(ServerSettings, '/server'),
		setServer: (body: ServerChange) => post('/server', body)
	};
}

/** What is to be changed of the server's settings. */
export type ServerChange = v.InferOutput<typeof ServerBody>;
export type AdminApi = ReturnType<typeof adminApi>;
