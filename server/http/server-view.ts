/** What a server is called and looks like, for everybody who comes to its door, and for the system that installs the app. */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { ServerView } from '../../src/lib/protocol/server-view.ts';
import { MANIFEST_PATH, SERVER_ICON_ROOT } from '../../src/lib/protocol/paths.ts';
import type { ServerProfile } from '../domain/admin-port.ts';
import type { RouteContext } from './context.ts';
import { sendNotFound } from './reply.ts';
import { FILE_POLICY } from './security-headers.ts';

/** The manifest of a server without a name or an icon of its own. */
const MANIFEST = new URL('../../static/manifest.webmanifest', import.meta.url);
/** Seconds for which a browser need not ask again: an icon's address is new with each. */
const FOR_EVER = 31_536_000;
/** px, of the pictures that `Pictures.square` makes. */
const ICON_SIZE = '256x256';

const iconPath = ({ icon }: Pick<ServerProfile, 'icon'>): string | null =>
	icon === null ? null : `${SERVER_ICON_ROOT}/${icon.id}`;

/** @param mail whether the server sends mail */
export const serverView = (profile: ServerProfile, mail: boolean): ServerView => ({
	name: profile.name,
	icon: iconPath(profile),
	registration: profile.registration,
	mail
});

/** The manifest with what an administrator has set. @param plain without it */
function manifestOf(plain: object, profile: ServerProfile): object {
	const { name, icon } = profile;
	const src = iconPath(profile);
	return {
		...plain,
		...(name === '' ? {} : { name, short_name: name }),
		...(icon === null ? {} : { icons: [{ src, sizes: ICON_SIZE, type: icon.type }] })
	};
}

export function serverViewRoutes(
	api: FastifyInstance,
	{ administration, passwordMail }: RouteContext
): void {
	const { settings } = administration;
	const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8')) as object;

	api.get('/api/server', async () => serverView(await settings.profile(), passwordMail !== null));

	api.get<{ Params: { id: string } }>(`${SERVER_ICON_ROOT}/:id`, async (request, reply) => {
		const picture = await settings.icon(request.params.id);
		if (!picture) return sendNotFound(reply);
		return reply
			.header('content-type', picture.type)
			.header('cache-control', `public, max-age=${FOR_EVER}, immutable`)
			.header('content-security-policy', FILE_POLICY)
			.send(Buffer.from(picture.bytes));
	});

	api.get(MANIFEST_PATH, async (_request, reply) => {
		const profile = await settings.profile();
		return reply
			.header('content-type', 'application/manifest+json')
			.header('cache-control', 'no-cache')
			.send(JSON.stringify(manifestOf(manifest, profile)));
	});
}
