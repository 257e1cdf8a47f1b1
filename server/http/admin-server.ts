/** The server as a whole, for administrators: its settings, what it keeps, and how it does. */
import type { FastifyInstance } from 'fastify';
import { randomBytes } from 'node:crypto';
import { ServerBody, type ServerSettings, type Storage } from '../../src/lib/protocol/admin.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import type { AdminDraft } from '../domain/admin-act.ts';
import { settingProblem } from '../domain/decide-admin.ts';
import type { Of } from '../domain/decision.ts';
import type { Pictures } from '../domain/ports.ts';
import { parse } from '../dispatcher.ts';
import { queryOf, type AdminContext } from './admin-context.ts';
import { keepFor } from './keep-for.ts';
import { serverView } from './server-view.ts';

/** ms for which what is stored is not counted again. */
const STORAGE_KEPT = 60_000;

/** An icon as it is kept: a square, re-encoded; null for none. */
async function iconOf(
	pictures: Pictures,
	image: string | null
): Promise<Of<'admin.server-icon'>['icon']> {
	if (image === null) return null;
	const picture = await pictures.square(Buffer.from(image, 'base64'));
	if (!picture) throw new RefusalError(refuse('picture_invalid', { field: 'icon' }));
	const { type, bytes } = picture;
	const id = randomBytes(8).toString('hex');
	return { id, type, bytes: Buffer.from(bytes).toString('base64') };
}

export function adminServerRoutes(api: FastifyInstance, context: AdminContext): void {
	const { administration, administrator, act, domain, images, passwordMail } = context;
	const { reads, settings, numbers, disk, quota, relay } = administration;

	api.get('/api/admin/server', async (request, reply): Promise<ServerSettings> => {
		await administrator(request, reply);
		const profile = await settings.profile();
		const announcement = await settings.announcement(domain.firstRoom());
		const state = await relay();
		return {
			...serverView(profile, passwordMail !== null),
			announcement,
			...(state ? { relay: state } : {})
		};
	});

	api.post('/api/admin/server', async (request, reply) => {
		const person = await administrator(request, reply);
		const { name, registration, icon, announcement } = parse(ServerBody, request.body);
		const drafts: AdminDraft[] = [];
		if (name !== undefined) drafts.push({ kind: 'admin.server-name', name });
		if (registration !== undefined) drafts.push({ kind: 'admin.registration', registration });
		if (icon !== undefined) {
			drafts.push({ kind: 'admin.server-icon', icon: await iconOf(images, icon) });
		}
		if (announcement !== undefined) {
			drafts.push({ kind: 'admin.announce', room: domain.firstRoom(), text: announcement });
		}
		// All or nothing: one that is refused must not leave the others done.
		for (const draft of drafts) {
			const problem = settingProblem(draft);
			if (problem) throw new RefusalError(problem);
		}
		return act(person, ...drafts);
	});

	// All files are counted for it.
	const storage = keepFor(STORAGE_KEPT, Date.now, async (): Promise<Storage> => {
		const { people, ...files } = await reads.files();
		const limits = { limit: quota.all, perPerson: quota.person };
		return { ...(await disk()), files: { ...files, ...limits }, people };
	});

	api.get('/api/admin/storage', async (request, reply): Promise<Storage> => {
		await administrator(request, reply);
		return storage();
	});

	api.get('/api/admin/numbers', async (request, reply) => {
		await administrator(request, reply);
		return numbers(Number(queryOf(request, 'since')) || 0);
	});
}
