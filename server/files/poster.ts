/** The picture that stands for a film before it plays: made by the device that sends it, written anew here. */
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PersonId } from '../../src/lib/protocol/ids.ts';
import { refuse, RefusalError } from '../../src/lib/protocol/refusal.ts';
import { requireDiskSpace } from './quota.ts';
import { randomName, removeCopies, smallCopy, type StorageContext } from './store-upload.ts';

/** ms after which what is left of a poster is nobody's any more. */
const LEFT_AFTER = 3_600_000;

const isJpeg = (bytes: Buffer): boolean =>
	bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]));

/** ms after which somebody with a poster on its way may ask again. */
const AFTER_POSTER = 2_000;
const NAME = /^[0-9a-f]{32}\.poster(?:\.|$)/u;

/** @param context with the folder for what is under way */
export function createPosters(context: StorageContext & { dir: string }) {
	/** whoever has one being written: the process for pictures is everybody's */
	const underWay = new Set<PersonId>();

	return {
		/** Gives a film of this person its poster, one at a time, see storePoster. Rejects with RefusalError. */
		async add(person: PersonId, film: string, picture: Buffer): Promise<void> {
			if (underWay.has(person)) {
				throw new RefusalError(refuse('too_many', { after: AFTER_POSTER }));
			}
			underWay.add(person);
			try {
				await storePoster(context, person, film, picture);
			} finally {
				underWay.delete(person);
			}
		},
		/** Removes what a process left that was ended in the middle of writing one. */
		async removeLeft(): Promise<void> {
			const before = context.clock.now() - LEFT_AFTER;
			for (const name of (await readdir(context.dir)).filter((one) => NAME.test(one))) {
				const path = join(context.dir, name);
				// Null: it has just been finished.
				const left = await stat(path).catch(() => null);
				if (left && left.mtimeMs < before) await rm(path, { force: true });
			}
		}
	};
}

/**
 * Gives a film its small picture and its thumbhash, by the same way as a picture's: decoded and written anew in
 * a process of its own. A film that has one keeps it, and so does one that a message carries: what others have seen
 * stays as it is. Rejects with RefusalError.
 */
async function storePoster(
	context: StorageContext & { dir: string },
	person: PersonId,
	id: string,
	picture: Buffer
): Promise<void> {
	const { table, bytes, images, journal, dir } = context;
	const film = await table.find(id);
	if (!film || film.person !== person) throw new RefusalError(refuse('not_found'));
	if (film.thumb !== null) return;
	if (film.kind !== 'video' || !isJpeg(picture)) throw new RefusalError(refuse('picture_invalid'));
	await requireDiskSpace(bytes, picture.length);
	const path = join(dir, `${randomName()}.poster`);
	try {
		await writeFile(path, picture);
		const result = await images.rewrite(path);
		if ('refused' in result) throw new RefusalError(refuse(result.refused));
		const thumb = randomName();
		await journal.during([thumb], async () => {
			await bytes.take(thumb, smallCopy(path));
			const isTaken = await table.addPoster(id, { thumb, hash: result.hash });
			// Another request was first, or a message carries it by now.
			if (!isTaken) await bytes.remove(thumb);
		});
	} finally {
		await removeCopies(path);
		await rm(path, { force: true });
	}
}
